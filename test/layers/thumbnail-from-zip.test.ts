import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import sharp from 'sharp';
import { context } from '../../cdk.json';
import { ENVIRONMENT } from '../../lambda/thumbnail/model/settings';
import { builtLayer } from '../../layers/layer';
import { canLoad } from '../../layers/load';
import { loadConfig } from '../../lib/config/load';
import { MiniaturasStack } from '../../lib/miniaturas-stack';
import { type Endpoint, listen } from '../../local/storage/endpoint';
import { SqsStore } from '../../local/storage/fauxqs';
import { createObjectStore } from '../../local/storage/objects';
import { unzip } from '../../local/template/unzip';
import { requires } from '../support/requires';
import { only } from '../template/synthesize';

const ARCHITECTURE = 'x86_64';
const RUNTIME = join(__dirname, '../../node_modules/node/bin/node');

/** Holds all that the function's process has: its bundle and /opt, nothing of this project. */
let folder: string;
let endpoint: Endpoint;

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'opt-')));
  for (const layer of ['sharp', 'magick']) {
    await unzip(builtLayer(layer, ARCHITECTURE).zip, join(folder, 'opt'));
  }
  endpoint = await listen({
    port: 0,
    region: 'us-east-1',
    objects: createObjectStore({
      folder: join(folder, 'objects'),
      onChange: () => undefined,
      log: console.error,
    }),
    queues: new SqsStore(),
    onQueueRequest: () => undefined,
  });
});
afterAll(async () => {
  await endpoint.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Bundles the function as for a deployment, and returns its settings. */
function bundle(): string {
  const outdir = join(folder, 'cdk.out');
  const app = new App({ outdir, context: { ...context, miniaturas: { architecture: ARCHITECTURE } } });
  const template = Template.fromStack(
    new MiniaturasStack(app, 'Miniaturas', { config: loadConfig(app.node) }),
  );
  const { Code, Environment } = only(template, 'AWS::Lambda::Function').resource.Properties;
  cpSync(join(outdir, `asset.${Code.S3Key.replace('.zip', '')}`), join(folder, 'task'), { recursive: true });
  return Environment.Variables[ENVIRONMENT.settings];
}

requires(canLoad(ARCHITECTURE), `a machine that runs ${ARCHITECTURE}`).test(
  'the bundled function needs nothing but the layers’ zips, unpacked to /opt',
  async () => {
    const settings = bundle();
    const object = (key: string) => `${endpoint.url}/bucket/${key}`;
    await fetch(`${endpoint.url}/bucket`, { method: 'PUT' });
    const photo = sharp({ create: { width: 640, height: 480, channels: 3, background: 'teal' } });
    const body = new Uint8Array(await photo.jpeg().toBuffer());
    await fetch(object('photo.jpg'), { method: 'PUT', body });

    const event = { Records: [{ s3: { bucket: { name: 'bucket' }, object: { key: 'photo.jpg' } } }] };
    const script = `
      require('./index').handler(${JSON.stringify(event)}, { getRemainingTimeInMillis: () => 10_000 }).then(answer =>
        process.stdout.write('\\n' + JSON.stringify({ answer, node: process.versions.node }), () => process.exit()));`;
    const child = spawn(RUNTIME, ['-e', script], {
      cwd: join(folder, 'task'),
      env: {
        NODE_PATH: join(folder, 'opt/nodejs/node_modules'),
        [ENVIRONMENT.settings]: settings,
        [ENVIRONMENT.bucket]: 'bucket',
        [ENVIRONMENT.deadLetterQueueUrl]: `${endpoint.url}/0/none`,
        AWS_ENDPOINT_URL: endpoint.url,
        AWS_REGION: 'us-east-1',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1769',
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const { answer, node } = JSON.parse((await text(child.stdout)).trim().split('\n').at(-1) ?? '');

    expect(answer).toEqual({ statusCode: 200, body: 'Miniatura de photo.jpg generada con éxito.' });
    expect(node).toMatch(/^24\./);
    const thumbnail = await (await fetch(object('miniaturas/photo.jpg'))).arrayBuffer();
    expect(await sharp(thumbnail).metadata()).toMatchObject({ format: 'jpeg', width: 200, height: 150 });
  },
);
