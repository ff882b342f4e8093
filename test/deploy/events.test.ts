import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { runnableBlocks } from '../docs/page';
import { photo } from '../e2e/harness';
import { HOST_ARCHITECTURE } from '../support/host';
import { requires } from '../support/requires';
import { lets, openPlayground, type Playground } from './playground';
import { PYTHON } from './shell';

const SETTINGS = { architecture: HOST_ARCHITECTURE, eventBridge: true };
const DEPLOY = ['deploy', '--require-approval', 'never'];
const KEY = 'miniaturas/foto.jpg';

/** A web site that keeps what it is told. */
async function startSite() {
  const requests: { readonly path: string | undefined; readonly key: unknown; readonly body: string }[] = [];
  const server = createServer(async (request, response) => {
    const key = request.headers['x-api-key'];
    requests.push({ path: request.url, key, body: await text(request) });
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { requests, server, url: `http://127.0.0.1:${port}` };
}

requires(PYTHON, 'MINIATURAS_PYTHON (of a venv with test/deploy/requirements.txt)').describe(
  'docs/events.md, followed on an emulator made by others',
  () => {
    jest.setTimeout(240_000);
    let cloud: Playground;
    let site: Awaited<ReturnType<typeof startSite>>;
    let bucket: string;
    let listened: string;

    beforeAll(async () => {
      [cloud, site] = [await openPlayground(), await startSite()];
      await cloud.cdk(['bootstrap', 'aws://000000000000/us-east-1']);
      await cloud.cdk(DEPLOY, SETTINGS);
      ({ BucketName: bucket } = (await cloud.outputs()) as { BucketName: string });
      await cloud.run('bash', '-euo', 'pipefail', '-c', LISTENER(site.url, cloud.folder));
      writeFileSync(join(cloud.folder, 'foto.jpg'), await photo());
    });
    afterAll(async () => {
      site?.server.close();
      await cloud?.stop();
    });

    test('its commands run', async () => {
      const blocks = runnableBlocks('events.md').map(({ code }) => code);
      const last = blocks.pop();
      const given = `cd ${cloud.folder}; export FUNCTION=listener SECRET=hush WEBHOOK=${site.url}/webhook`;
      await cloud.run('bash', '-euo', 'pipefail', '-c', [given, ...blocks].join('\n'));
      listened = await listen();
      await cloud.aws('s3', 'cp', join(cloud.folder, 'foto.jpg'), `s3://${bucket}/foto.jpg`);
      await cloud.keysOnce(keys => keys.includes(KEY), bucket);
      const metadata = JSON.parse(await cloud.run('bash', '-c', `bucket=${bucket}\n${last}`));
      expect(metadata).toMatchObject({ 'source-etag': expect.any(String), thumbhash: expect.any(String) });
    });

    test.each([
      ['the function', '/function', undefined],
      ['the webhook', '/webhook', 'hush'],
    ])('%s is told of the thumbnail, not of its source', async (_, path, key) => {
      const told = () => site.requests.filter(request => request.path === path);
      for (const end = Date.now() + 30_000; told().length === 0 && Date.now() < end; )
        await new Promise(resolve => setTimeout(resolve, 100));
      const [request] = told();
      expect(request?.key).toBe(key);
      expect(JSON.parse(request?.body ?? '')).toMatchObject({
        source: 'aws.s3',
        detail: { bucket: { name: bucket }, object: { key: KEY } },
      });
      expect(told()).toHaveLength(1);
    });

    test('the topic’s subscriber gets the sentence', async () => {
      const { Message } = JSON.parse(await cloud.messageIn(listened));
      expect(Message).toContain(`Thumbnail ${KEY} is ready.`);
    });

    test('a destroyed stack’s own bucket is taken back as an existing one', async () => {
      await cloud.cdk(['destroy', '--force'], SETTINGS);
      await cloud.aws(
        ...['s3api', 'put-bucket-notification-configuration', '--bucket', bucket],
        ...['--notification-configuration', '{ "EventBridgeConfiguration": {} }'],
      );
      await cloud.cdk(DEPLOY, { ...SETTINGS, bucketName: bucket });
      await cloud.aws('s3', 'cp', join(cloud.folder, 'foto.jpg'), `s3://${bucket}/again.jpg`);
      await cloud.keysOnce(keys => keys.includes('miniaturas/again.jpg'), bucket);
      await cloud.aws('s3', 'rm', `s3://${bucket}/foto.jpg`);
      await cloud.keysOnce(keys => !keys.includes(KEY), bucket);
    });

    /** A queue that subscribes to the topic. @returns its URL */
    async function listen(): Promise<string> {
      const arn = (service: string, name: string) => `arn:aws:${service}:us-east-1:000000000000:${name}`;
      const policy = lets('sns.amazonaws.com', 'sqs:SendMessage', arn('sqs', 'listener'));
      const created = await cloud.aws(
        ...['sqs', 'create-queue', '--queue-name', 'listener', '--output', 'json'],
        ...['--attributes', JSON.stringify({ Policy: policy })],
      );
      await cloud.aws(
        ...['sns', 'subscribe', '--topic-arn', arn('sns', 'thumbnail-ready')],
        ...['--protocol', 'sqs', '--notification-endpoint', arn('sqs', 'listener')],
      );
      return JSON.parse(created).QueueUrl;
    }
  },
);

/** Makes a function that passes on what it gets. */
const LISTENER = (url: string, folder: string) => `
  cd ${folder}
  role=$(aws iam create-role --role-name listener --query Role.Arn --output text --assume-role-policy-document \
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}')
  cat > index.js <<'END'
exports.handler = event => fetch('${url}/function', { method: 'POST', body: JSON.stringify(event) }).then(() => {});
END
  zip -q listener.zip index.js
  aws lambda create-function --function-name listener --runtime nodejs24.x --handler index.handler --role "$role" \
    --zip-file fileb://listener.zip
`;
