import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

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

const TEMPLATE_SUFFIX = '.template.json';

/**
 * Reads a cloud assembly.
 *
 * @param folder what `cdk synth -o` wrote (`cdk.out`)
 * @throws Error when the folder does not hold exactly one template
 */
export function readAssembly(folder: string): Assembly {
  const templates = readdirSync(folder).filter(name => name.endsWith(TEMPLATE_SUFFIX));
  const [file] = templates;
  if (!file || templates.length > 1) {
    throw new Error(
      `Expected one *${TEMPLATE_SUFFIX} in ${folder} but received ${templates.join(', ') || 'none'}.`,
    );
  }
  const stackName = basename(file, TEMPLATE_SUFFIX);
  const manifest = readJson<AssetManifest>(join(folder, `${stackName}.assets.json`));
  const assets = new Map<string, string>();
  for (const { source, destinations } of Object.values(manifest.files ?? {})) {
    for (const { objectKey } of Object.values(destinations)) {
      if (source.path) assets.set(objectKey, resolve(folder, source.path));
    }
  }
  return { stackName, template: readJson<Template>(join(folder, file)), assets };
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}
