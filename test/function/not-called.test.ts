import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { build } from 'esbuild';
import { BUNDLING } from '../../lib/bundle/options';
import { type Endpoint, listen } from '../../local/storage/endpoint';
import { SqsStore } from '../../local/storage/fauxqs';
import { createObjectStore } from '../../local/storage/objects';
import { localConfig } from '../support/local-config';

/** All of the function that uses the AWS SDK, bundled as it is deployed: without what lambda/thumbnail/not-called.ts replaces. */
interface Bundled {
  S3Client: typeof S3Client;
  s3Store: typeof import('../../lambda/thumbnail/store').s3Store;
  deadLetterQueue: typeof import('../../lambda/thumbnail/dead-letters').deadLetterQueue;
}
const PROGRAM = `
  export { S3Client } from '@aws-sdk/client-s3';
  export { deadLetterQueue } from './dead-letters';
  export { s3Store } from './store';
`;

const folder = mkdtempSync(join(tmpdir(), 'miniaturas-not-called-'));
const bucket = 'fotos';
let bundled: Bundled;
let endpoint: Endpoint;

beforeAll(async () => {
  const outfile = join(folder, 'bundle.js');
  const resolveDir = join(__dirname, '../../lambda/thumbnail');
  await build({ ...BUNDLING, stdin: { contents: PROGRAM, resolveDir }, outfile });
  bundled = require(outfile);
  const objects = createObjectStore({ folder, onChange: () => undefined, log: console.error });
  endpoint = await listen({
    port: 0,
    region: 'us-east-1',
    objects,
    queues: new SqsStore(),
    onQueueRequest: () => undefined,
  });
  const s3 = new S3Client(localConfig(endpoint.url));
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  s3.destroy();
});

afterAll(async () => {
  await endpoint.close();
  rmSync(folder, { recursive: true });
});

test('each call to S3 goes without', async () => {
  const client = new bundled.S3Client({
    ...localConfig(endpoint.url),
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const store = bundled.s3Store(client);
  const object = { bucket, key: 'miniaturas/año (1).jpg' };
  const bytes = new Uint8Array(10_000).fill(7);
  const metadata = { 'source-etag': '"1"' };
  const thumbnail = { bytes, contentType: 'image/jpeg', cacheControl: undefined, metadata };

  expect(await store.head(object)).toBeUndefined();
  expect(await store.read(object, 1)).toBeUndefined();
  expect(await store.write(object, thumbnail, undefined)).toBe(true);
  expect(await store.write(object, thumbnail, undefined)).toBe(false);
  const { etag = '' } = (await store.head(object)) ?? {};
  expect(await store.read(object, 20_000)).toEqual({ etag, metadata, size: 10_000, bytes });
  expect(await store.write(object, thumbnail, etag)).toBe(true);
  expect(await store.remove(object, '"other"')).toBe(false);
  expect(await store.remove(object, etag)).toBe(true);
  await expect(store.read({ bucket: 'no-such-bucket', key: 'a.jpg' }, 1)).rejects.toThrow('bucket');
  client.destroy();
});

test('a dead letter goes without', async () => {
  const config = localConfig(endpoint.url);
  const sqs = new SQSClient(config);
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'failures' }));
  const source = { bucket, key: 'rota.jpg', size: 1, isRemoval: false, event: { Records: [] } };
  const rejection = { reason: 'damaged', detail: 'It ends before its picture.' } as const;
  await bundled.deadLetterQueue(QueueUrl, config)(source, rejection);
  const { Messages } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ['All'] }),
  );
  expect(Messages).toMatchObject([{ MessageAttributes: { key: { StringValue: 'rota.jpg' } } }]);
  sqs.destroy();
});
