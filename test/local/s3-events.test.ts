import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import type { S3EventRecord } from 'aws-lambda';
import { encodeEventKey } from '../../local/events/s3-event';
import { type Fixture, startFixture } from './fixture';

let fixture: Fixture;
afterEach(() => fixture.stop());

const s3Records = () =>
  fixture.received().flatMap(({ body }) => (JSON.parse(body) as { Records: S3EventRecord[] }).Records);
const changes = () => s3Records().map(({ eventName, s3 }) => `${eventName} ${s3.object.key}`);
const put = (key: string, body: string | Uint8Array = 'x') =>
  fixture.s3.send(new PutObjectCommand({ Bucket: fixture.bucket, Key: key, Body: body }));

test('a put is one record as S3 writes it', async () => {
  fixture = await startFixture();
  const { ETag } = await put('vacaciones/año nuevo (1) +ñ.JPG', 'hello');
  await fixture.cloud.drain();

  expect(s3Records()).toEqual([
    expect.objectContaining({
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      awsRegion: 'us-east-1',
      eventName: 'ObjectCreated:Put',
      s3: expect.objectContaining({
        bucket: expect.objectContaining({ name: fixture.bucket, arn: `arn:aws:s3:::${fixture.bucket}` }),
        object: {
          key: 'vacaciones/a%C3%B1o+nuevo+%281%29+%2B%C3%B1.JPG',
          size: 5,
          eTag: ETag?.replaceAll('"', ''),
          sequencer: expect.stringMatching(/^[0-9A-F]{18}$/),
        },
      }),
    }),
  ]);
});

test('each kind of change is one event with its own name', async () => {
  fixture = await startFixture();
  const { bucket, s3 } = fixture;
  await put('a');
  await s3.send(new CopyObjectCommand({ Bucket: bucket, Key: 'b', CopySource: `${bucket}/a` }));
  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'a' }));
  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'never there' }));
  await put('c');
  await s3.send(
    new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: [{ Key: 'b' }, { Key: 'c' }] } }),
  );
  await fixture.cloud.drain();

  expect(changes().sort()).toEqual([
    'ObjectCreated:Copy b',
    'ObjectCreated:Put a',
    'ObjectCreated:Put c',
    'ObjectRemoved:Delete a',
    'ObjectRemoved:Delete b',
    'ObjectRemoved:Delete c',
  ]);
});

test('filters compare prefix and suffix with their case, and the event by name', async () => {
  fixture = await startFixture({
    notifications: [
      { event: 's3:ObjectCreated:*', suffix: '.jpg' },
      { event: 's3:ObjectCreated:Copy', prefix: 'copies/', suffix: '.png' },
    ],
  });
  const { bucket, s3 } = fixture;
  await put('a.jpg');
  await put('a.JPG');
  await put('copies/a.png');
  await s3.send(
    new CopyObjectCommand({ Bucket: bucket, Key: 'copies/b.png', CopySource: `${bucket}/a.jpg` }),
  );
  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'a.jpg' }));
  await fixture.cloud.drain();

  expect(changes().sort()).toEqual(['ObjectCreated:Copy copies/b.png', 'ObjectCreated:Put a.jpg']);
});

test('a queue gets S3’s test event', async () => {
  fixture = await startFixture();
  await fixture.cloud.drain();
  expect(JSON.stringify(fixture.records())).toContain('s3:TestEvent');
});

/** More than fauxqs' own store of events remembers; test/endurance has 5,000. */
const BURST = 500;

test('every event of a burst arrives', async () => {
  fixture = await startFixture({ handler: 'for (const { messageId } of event.Records) record(messageId);' });
  const bodies = Array.from({ length: BURST }, (_, index) => `burst/${index}`);
  while (bodies.length > 0) await Promise.all(bodies.splice(0, 50).map(key => put(key)));
  await fixture.cloud.drain();

  expect(fixture.cloud.counters.notifications).toBe(BURST);
  // And the test event.
  expect(new Set(fixture.records()).size).toBe(BURST + 1);
});

test.each([
  'vacaciones/año nuevo (1) +ñ.JPG',
  '../../../outside.jpg',
  './a/./b/../c.jpg',
  '/leading//double/trailing/',
  'x'.repeat(1024),
  `${'ñ'.repeat(510)}.jpg`,
  '🦔/📷 emoji.jpg',
  'per%20cent%2Fencoded?query#hash;semi&amp.jpg',
  'folder',
  'folder/file',
  'folder.meta.json',
])('the key %j keeps its bytes over a restart', async key => {
  fixture = await startFixture();
  await put('folder/other', 'other');
  await put(key, `bytes of ${key}`);
  await fixture.restart();
  const { Body } = await fixture.s3.send(new GetObjectCommand({ Bucket: fixture.bucket, Key: key }));
  expect(await Body?.transformToString()).toBe(`bytes of ${key}`);
  expect(s3Records().map(({ s3 }) => s3.object.key)).toContain(encodeEventKey(key));
});

test('a key of 1,025 bytes is refused as S3 does', async () => {
  fixture = await startFixture();
  await expect(put('x'.repeat(1025))).rejects.toMatchObject({ name: 'KeyTooLongError' });
});

test('takes empty objects, and objects above 11 MiB in one request', async () => {
  fixture = await startFixture();
  await put('empty', new Uint8Array(0));
  await put('large', new Uint8Array(15 * 1024 * 1024));
  await fixture.cloud.drain();
  const sizes = s3Records().map(({ s3 }) => [s3.object.key, s3.object.size] as const);
  // S3 and SQS promise no order of deliveries.
  expect(new Map(sizes)).toEqual(
    new Map([
      ['empty', 0],
      ['large', 15 * 1024 * 1024],
    ]),
  );
});

test('paged listings have every key once, in the order of its UTF-8 bytes', async () => {
  fixture = await startFixture();
  const keys = ['B', 'a', 'A', 'b', 'á', 'z', '_', '🦔', '～', 'a/b', 'a.b'];
  for (const key of keys) await put(key);
  const listed: string[] = [];
  let token: string | undefined;
  do {
    const { Contents = [], NextContinuationToken } = await fixture.s3.send(
      new ListObjectsV2Command({ Bucket: fixture.bucket, MaxKeys: 2, ContinuationToken: token }),
    );
    listed.push(...Contents.map(({ Key = '' }) => Key));
    token = NextContinuationToken;
  } while (token);
  expect(listed).toEqual(keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
});
