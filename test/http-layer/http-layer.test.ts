import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type LocalCloud, startLocalCloud } from '../../local/cloud';
import { readAssembly } from '../../local/template/assembly';
import { HOST_ARCHITECTURE } from '../support/host';
import { startApi } from './api';

const folder = mkdtempSync(join(tmpdir(), 'http-layer-'));
let api: Awaited<ReturnType<typeof startApi>>;
let cloud: LocalCloud;

beforeAll(async () => {
  api = await startApi();
  const apps = [
    synthesize('bin/miniaturas.ts', { 'aws:cdk:bundling-stacks': [] }),
    // test/deploy has both languages; Python is not on every machine.
    synthesize('examples/http-layer/app.ts', { apiUrl: api.url, languages: ['TypeScript'] }),
  ] as const;
  cloud = await startLocalCloud({
    assembly: apps,
    data: join(folder, 'data'),
    port: 0,
    log: () => undefined,
  });
}, 120_000);
afterAll(async () => {
  await cloud.stop({ drain: false });
  api.stop();
  rmSync(folder, { recursive: true });
});

/** Runs a CDK app as the CDK CLI does, and returns the folder of its assembly. */
function synthesize(app: string, context: object): string {
  const CDK_OUTDIR = join(folder, basename(app));
  const CDK_CONTEXT_JSON = JSON.stringify({ architecture: HOST_ARCHITECTURE, ...context });
  const env = { ...process.env, CDK_OUTDIR, CDK_CONTEXT_JSON };
  execFileSync(process.execPath, ['--import', 'tsx', app], { env, stdio: 'pipe' });
  return CDK_OUTDIR;
}

test('TypeScript answers with the JSON of the API, or says what the API did', async () => {
  const invoke = () => cloud.invoke(cloud.outputs.TypeScriptName as string, {});
  expect(await invoke()).toEqual({ kind: 'answered', answer: { greeting: 'hola' } });
  api.status = 404;
  const error = expect.stringContaining(`Expected status 200 from ${api.url} but received 404.`);
  expect(await invoke()).toEqual({ kind: 'failed', error });
});

test('its client is in the layer alone', () => {
  const bundles = [...readAssembly(join(folder, 'app.ts')).assets.values()]
    .map(asset => join(asset, 'index.js'))
    .filter(file => existsSync(file));
  expect(bundles.map(file => statSync(file).size < 10_000)).toEqual([true]);
});
