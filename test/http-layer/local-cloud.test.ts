import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { App } from 'aws-cdk-lib';
import sharp from 'sharp';
import { context } from '../../cdk.json';
import { ENVIRONMENT } from '../../examples/http-layer/lambda/fetch-image/environment';
import { HttpLayerStack } from '../../examples/http-layer/lib/http-layer-stack';
import { loadConfig } from '../../lib/config/load';
import { MiniaturasStack } from '../../lib/miniaturas-stack';
import { type LocalCloud, startLocalCloud } from '../../local/cloud';
import { HOST as ARCHITECTURE } from '../layers/fake-layer';
import { forbiddenUrls } from './forbidden';
import { HOST, type Remote, startRemote } from './remote';

let folder: string;
let remote: Remote;
let cloud: LocalCloud;
let s3: S3Client;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'http-layer-'));
  const photo = sharp({ create: { width: 640, height: 480, channels: 3, background: '#336699' } });
  remote = await startRemote(await photo.jpeg().toBuffer());
  writeFileSync(join(folder, 'ca.pem'), remote.certificate.cert);

  cloud = await startLocalCloud({
    assembly: synthesize(),
    data: join(folder, 'data'),
    port: 0,
    log: () => undefined,
  });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  s3 = new S3Client({ endpoint: cloud.endpoint, region: cloud.region, credentials });
}, 120_000);
afterAll(async () => {
  s3.destroy();
  await cloud.stop({ drain: false });
  await remote.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Both apps as they are deployed, but that the example takes the remote server for a public one. */
function synthesize(): string[] {
  const settings = { ...context, miniaturas: { architecture: ARCHITECTURE } };
  const own = join(folder, 'cdk.out');
  const app = new App({ outdir: own, context: settings });
  new MiniaturasStack(app, 'Miniaturas', { config: loadConfig(app.node) });
  app.synth();

  const other = join(folder, 'cdk.out.http-layer');
  const example = new App({ outdir: other, context: settings });
  new HttpLayerStack(example, 'HttpLayer', {
    architecture: ARCHITECTURE,
    thumbnailPrefixes: ['miniaturas/'],
  });
  example.synth();

  const file = join(other, 'HttpLayer.template.json');
  const template = JSON.parse(readFileSync(file, 'utf8'));
  template.Parameters.Url.Default = `https://127.0.0.1:${remote.port}/json`;
  const resources = Object.values<{
    Type: string;
    Properties: { Environment: { Variables: Record<string, string> } };
  }>(template.Resources);
  for (const { Type, Properties } of resources) {
    if (Type !== 'AWS::Lambda::Function') continue;
    Object.assign(Properties.Environment.Variables, {
      [ENVIRONMENT.hosts]: JSON.stringify({ [HOST]: '127.0.0.1' }),
      NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
    });
  }
  writeFileSync(file, JSON.stringify(template));
  return [own, other];
}

/** Runs a function as `aws lambda invoke` does. */
async function invoke(output: string, event: unknown) {
  const path = `/2015-03-31/functions/${cloud.outputs[output]}/invocations`;
  const response = await fetch(cloud.endpoint + path, { method: 'POST', body: JSON.stringify(event) });
  return { status: response.status, answer: (await response.json()) as object };
}

test('the first answers with the JSON of its URL', async () => {
  expect(await invoke('GetJsonName', {})).toEqual({
    status: 200,
    answer: { statusCode: 200, body: { agent: 'miniaturas-http-layer' } },
  });
});

test('the second puts an image into the bucket, and its thumbnail appears', async () => {
  const event = { url: remote.redirectTo('/photo.jpg'), key: 'trips/sea view.jpg' };
  expect(await invoke('FetchImageName', event)).toMatchObject({
    answer: { statusCode: 200, body: { key: event.key } },
  });
  await cloud.drain();
  const Bucket = cloud.outputs.BucketName;
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: `miniaturas/${event.key}` }));
  expect(await sharp(await Body?.transformToByteArray()).metadata()).toMatchObject({
    width: 200,
    height: 150,
  });
});

test('it asks nobody in this machine or its networks, at first hand or by redirect', async () => {
  const urls = forbiddenUrls(remote.port).flatMap(({ url }) => [url, remote.redirectTo(url)]);
  const before = remote.requests();
  for (const url of urls) {
    const { answer } = await invoke('FetchImageName', { url, key: 'stolen.jpg' });
    expect({ url, ...answer }).toMatchObject({ url, statusCode: 400 });
  }
  expect(remote.requests()).toBe(before + urls.length / 2);
});

test('a function that is not there is not found', async () => {
  const response = await fetch(`${cloud.endpoint}/2015-03-31/functions/None/invocations`, { method: 'POST' });
  expect(response.status).toBe(404);
  expect(await response.json()).toEqual({ Type: 'User', Message: 'Function not found: None' });
});
