import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { s3Store } from '../../lambda/thumbnail/store';
import { type Endpoint, listen } from '../../local/storage/endpoint';
import { SqsStore } from '../../local/storage/fauxqs';
import { createObjectStore } from '../../local/storage/objects';
import { localConfig } from '../support/local-config';

const folder = mkdtempSync(join(tmpdir(), 'miniaturas-store-'));
let endpoint: Endpoint;
let client: S3Client;
const bucket = 'fotos';

beforeAll(async () => {
  const objects = createObjectStore({ folder, onChange: () => undefined, log: console.error });
  const queues = new SqsStore();
  endpoint = await listen({ port: 0, region: 'us-east-1', objects, queues, onQueueRequest: () => undefined });
  client = new S3Client(localConfig(endpoint.url));
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
});

afterAll(async () => {
  client.destroy();
  await endpoint.close();
  rmSync(folder, { recursive: true });
});

const store = () => s3Store(client);
const MAX = 1_000;
const bytes = new TextEncoder().encode('bytes of an image');
const thumbnail = {
  bytes,
  contentType: 'image/jpeg',
  cacheControl: 'max-age=60',
  metadata: { 'source-etag': '"1"' },
};

describe.each([
  'foto.jpg',
  'año nuevo (1) +ñ.JPG',
  'a/b//c?d=e&f.png',
  '🎄 100%.gif',
  `${'ñ'.repeat(510)}.jpg`,
])('%s', key => {
  test('is read as it was put', async () => {
    const Metadata = { focus: '0.3,0.2' };
    const { ETag } = await client.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, Metadata }),
    );
    const stored = { etag: ETag, metadata: Metadata };
    expect(await store().read({ bucket, key }, MAX)).toEqual({ ...stored, bytes, size: bytes.byteLength });
    expect(await store().head({ bucket, key })).toEqual(stored);
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  });

  test('is written with its type and its metadata', async () => {
    expect(await store().write({ bucket, key }, thumbnail, undefined)).toBe(true);
    const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    expect(head).toMatchObject({
      ContentLength: bytes.byteLength,
      ContentType: 'image/jpeg',
      CacheControl: 'max-age=60',
      Metadata: { 'source-etag': '"1"' },
    });
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  });

  test('is replaced and removed only as the object that it was', async () => {
    const object = { bucket, key };
    expect(await store().write(object, thumbnail, undefined)).toBe(true);
    const etag = (await store().head(object))?.etag as string;
    expect(await store().write(object, thumbnail, undefined)).toBe(false);
    expect(await store().write(object, thumbnail, '"other"')).toBe(false);
    expect(await store().write(object, { ...thumbnail, bytes: new Uint8Array(3) }, etag)).toBe(true);
    expect(await store().remove(object, etag)).toBe(false);
    expect(await store().remove(object, (await store().head(object))?.etag as string)).toBe(true);
    expect(await store().write(object, thumbnail, etag)).toBe(false);
    expect(await store().read(object, MAX)).toBeUndefined();
    expect(await store().head(object)).toBeUndefined();
  });
});

test('the bytes of a source that is too large are left where they are', async () => {
  const key = 'large.jpg';
  const { ETag } = await client.send(
    new PutObjectCommand({ Bucket: bucket, Key: key, Body: new Uint8Array(MAX + 1) }),
  );
  const left = { etag: ETag, metadata: {}, size: MAX + 1, bytes: undefined };
  expect(await store().read({ bucket, key }, MAX)).toEqual(left);
});

test('a missing bucket is a fault, not a missing source', async () => {
  await expect(store().read({ bucket: 'no-such-bucket', key: 'foto.jpg' }, MAX)).rejects.toThrow('bucket');
});
