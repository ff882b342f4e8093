import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { type LocalCloud, startLocalCloud } from '../../local/cloud';
import { readAssembly } from '../../local/template/assembly';
import { HOST } from '../layers/fake-layer';

const PROJECT = join(__dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'http-layer-'));

/** What the API answers to GET; a HEAD gets the status alone. */
let reply = { status: 200, body: '' };
const server = createServer((_, response) => response.writeHead(reply.status).end(reply.body));
let url: string;
let cloud: LocalCloud;

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  cloud = await startLocalCloud({
    assembly: [
      synthesize('bin/miniaturas.ts', { 'aws:cdk:bundling-stacks': [] }),
      synthesize('examples/http-layer/app.ts', { apiUrl: url, sites: [url, 'http://127.0.0.1:1/'] }),
    ],
    data: join(folder, 'data'),
    port: 0,
    log: () => undefined,
  });
}, 120_000);
afterAll(async () => {
  await cloud.stop({ drain: false });
  server.close();
  rmSync(folder, { recursive: true });
});

/** Runs a CDK app as the CDK CLI does, and returns the folder of its assembly. */
function synthesize(app: string, context: object): string {
  const CDK_OUTDIR = join(folder, basename(app));
  const CDK_CONTEXT_JSON = JSON.stringify({ architecture: HOST, ...context });
  const env = { ...process.env, CDK_OUTDIR, CDK_CONTEXT_JSON };
  execFileSync(process.execPath, ['--import', 'tsx', app], { cwd: PROJECT, env, stdio: 'pipe' });
  return CDK_OUTDIR;
}

const invoke = (name: string) => cloud.invoke(cloud.outputs[`${name}Name`] as string, {});

test('both functions have one version of the layer, and no copy of the client', () => {
  const { template, assets } = readAssembly(join(folder, 'app.ts'));
  const found = Template.fromJSON({ ...template });
  const [layer] = Object.keys(found.findResources('AWS::Lambda::LayerVersion'));
  const functions = Object.values(found.findResources('AWS::Lambda::Function'));
  expect(functions.map(({ Properties }) => Properties.Layers)).toEqual([[{ Ref: layer }], [{ Ref: layer }]]);
  const bundles = functions.map(({ Properties }) => assets.get(Properties.Code.S3Key) as string);
  for (const bundle of bundles) expect(statSync(join(bundle, 'index.js')).size).toBeLessThan(10_000);
});

test('GetJson answers with the JSON of the API', async () => {
  reply = { status: 200, body: '{"greeting":"hola"}' };
  expect(await invoke('GetJson')).toEqual({ kind: 'answered', answer: { greeting: 'hola' } });
});

test.each([
  [{ status: 404, body: '{}' }, 'Expected status 200 from URL but received 404.'],
  [{ status: 200, body: '<html>' }, 'Expected JSON from URL but received "<html>".'],
  [{ status: 200, body: ' '.repeat(6 * 1024 * 1024) }, 'Expected a response from URL but received: Response'],
])('GetJson says in a sentence what is wrong with the response, %#', async (wrong, sentence) => {
  reply = wrong;
  const error = expect.stringContaining(sentence.replace('URL', url));
  expect(await invoke('GetJson')).toEqual({ kind: 'failed', error });
});

test('CheckSites answers with the status of each site, or why there is none', async () => {
  reply = { status: 503, body: '' };
  expect(await invoke('CheckSites')).toEqual({
    kind: 'answered',
    answer: [
      { site: url, status: 503 },
      { site: 'http://127.0.0.1:1/', error: expect.stringContaining('ECONNREFUSED') },
    ],
  });
});
