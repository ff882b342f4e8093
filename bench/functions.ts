import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { buildSync } from 'esbuild';
import { context } from '../cdk.json';
import { ENVIRONMENT } from '../lambda/thumbnail/model/settings';
import { loadConfig } from '../lib/config/load';
import { MiniaturasStack } from '../lib/miniaturas-stack';
import { type FunctionSpec, functionSpec, runtimeNode } from '../local/function/function';
import { readAssembly } from '../local/template/assembly';
import { resolveStacks } from '../local/template/stack';
import { unpackZips } from '../local/template/unpack';
import { BUCKET } from './events';

export const NODE = runtimeNode(() => undefined);
const REGION = 'us-east-1';

/** Synthesizes the stack; its function as Lambda would have it, for any endpoint. */
export async function ourFunction(folder: string): Promise<(endpoint: string) => FunctionSpec> {
  const architecture = process.arch === 'arm64' ? 'arm64' : 'x86_64';
  const app = new App({ outdir: folder, context: { ...context, miniaturas: { architecture } } });
  new MiniaturasStack(app, 'Miniaturas', { config: loadConfig(app.node) });
  app.synth();
  const assembly = readAssembly(folder);
  const assets = await unpackZips(assembly.assets, join(folder, 'unpacked'));
  return endpoint => {
    const { resources } = resolveStacks([assembly], { region: REGION, account: '000000000000', endpoint });
    const resource = resources.find(({ type }) => type === 'AWS::Lambda::Function');
    if (!resource) throw new Error('Expected a function in the template but received none.');
    const spec = functionSpec(resource, {
      resources,
      assets,
      region: REGION,
      endpoint,
      notes: () => undefined,
    });
    // The function skips what is in another bucket than its own.
    return { ...spec, environment: { ...spec.environment, [ENVIRONMENT.bucket]: BUCKET } };
  };
}

/** For functions that find sharp as npm installs it, not in a layer of ours. */
const PLAIN_SHARP = { NODE_PATH: join(__dirname, '../node_modules') };

/** The tutorials' function. */
export function tutorialFunction(ours: FunctionSpec, folder: string): FunctionSpec {
  buildSync({
    entryPoints: [join(__dirname, 'contenders/tutorial.ts')],
    outfile: join(folder, 'index.js'),
    bundle: true,
    platform: 'node',
    target: 'node24',
    external: ['sharp'],
    minify: true,
    mainFields: ['module', 'main'],
    logLevel: 'error',
  });
  return { ...ours, folder, environment: { ...ours.environment, ...PLAIN_SHARP, LAMBDA_TASK_ROOT: folder } };
}

/** What a Python function needs of a function's environment. */
export function awsEnvironment({ environment }: FunctionSpec): Record<string, string> {
  const names = Object.keys(environment).filter(name => name.startsWith('AWS_') && !name.includes('LAMBDA'));
  return Object.fromEntries(names.map(name => [name, environment[name] ?? '']));
}
