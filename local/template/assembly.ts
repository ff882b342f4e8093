import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A resource of a CloudFormation template, its intrinsics not yet resolved. */
export interface TemplateResource {
  readonly Type: string;
  /** The name of a condition of the template. */
  readonly Condition?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

export interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
  readonly Parameters?: Readonly<Record<string, { readonly Type?: string; readonly Default?: unknown }>>;
}

/** A cloud assembly of `cdk synth`: one stack and its assets. */
export interface Assembly {
  readonly stackName: string;
  readonly template: Template;
  /** Where each asset is on this machine, by the key that it would have in the bootstrap bucket. */
  readonly assets: ReadonlyMap<string, string>;
}

interface AssetManifest {
  readonly files?: Readonly<
    Record<
      string,
      {
        readonly source: { readonly path?: string };
        readonly destinations: Readonly<Record<string, { readonly objectKey: string }>>;
      }
    >
  >;
}

/** What `cdk synth` writes beside the templates: what of the folder is of this synthesis. */
interface Manifest {
  readonly artifacts?: Readonly<
    Record<string, { readonly type: string; readonly properties?: { readonly templateFile?: string } }>
  >;
}

/**
 * Reads a cloud assembly.
 *
 * @param folder what `cdk synth -o` wrote (`cdk.out`)
 * @throws Error when its manifest does not name exactly one stack
 */
export function readAssembly(folder: string): Assembly {
  const { artifacts = {} } = readJson<Manifest>(join(folder, 'manifest.json'));
  const stacks = Object.entries(artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack');
  const [stack] = stacks;
  if (!stack || stacks.length > 1) {
    const names = stacks.map(([name]) => name).join(', ') || 'none';
    throw new Error(`Expected one stack in ${folder} but received ${names}.`);
  }
  const [stackName, { properties = {} }] = stack;
  const manifest = readJson<AssetManifest>(join(folder, `${stackName}.assets.json`));
  const assets = new Map<string, string>();
  for (const { source, destinations } of Object.values(manifest.files ?? {})) {
    for (const { objectKey } of Object.values(destinations)) {
      if (source.path) assets.set(objectKey, resolve(folder, source.path));
    }
  }
  const template = readJson<Template>(join(folder, properties.templateFile ?? `${stackName}.template.json`));
  return { stackName, template, assets };
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}
