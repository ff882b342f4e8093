import { createHash } from 'node:crypto';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { localConfig } from '../support/local-config';
import { type Fixture, startFixture } from './fixture';
import { send } from './plain-http';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture({ notifications: [] });
});
afterAll(() => fixture.stop());

const url = (key: string) => `${fixture.cloud.endpoint}/${fixture.bucket}/${key}`;
const at = (Key: string) => ({ Bucket: fixture.bucket, Key });
const put = (
  key: string,
  Body: string,
  conditions: Pick<PutObjectCommandInput, 'IfMatch' | 'IfNoneMatch'> = {},
) => fixture.s3.send(new PutObjectCommand({ ...at(key), Body, ...conditions }));
const read = async (key: string) => {
  const { Body } = await fixture.s3.send(new GetObjectCommand(at(key)));
  return Body?.transformToString();
};

describe('conditional writes', () => {
  const failed = { name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } };
  const missing = { name: 'NoSuchKey', $metadata: { httpStatusCode: 404 } };

  test('If-None-Match: * writes only a new object', async () => {
    await put('new', 'first', { IfNoneMatch: '*' });
    await expect(put('new', 'second', { IfNoneMatch: '*' })).rejects.toMatchObject(failed);
    await expect(put('new', 'second', { IfNoneMatch: '"abc"' })).rejects.toMatchObject({
      $metadata: { httpStatusCode: 501 },
    });
    expect(await read('new')).toBe('first');
  });

  test('If-Match replaces only the object with that ETag', async () => {
    await expect(put('kept', 'x', { IfMatch: '"abc"' })).rejects.toMatchObject(missing);
    const { ETag } = await put('kept', 'first');
    await expect(put('kept', 'second', { IfMatch: '"abc"' })).rejects.toMatchObject(failed);
    expect(await read('kept')).toBe('first');
    await put('kept', 'second', { IfMatch: ETag });
    await expect(put('kept', 'third', { IfMatch: ETag })).rejects.toMatchObject(failed);
    expect(await read('kept')).toBe('second');
  });

  test('one of sixteen concurrent conditional writes of a key succeeds', async () => {
    const tries = Array.from({ length: 16 }, (_, i) => put('raced', String(i), { IfNoneMatch: '*' }));
    const results = await Promise.allSettled(tries);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('copies, deletions and multipart uploads can be conditional', async () => {
    const { s3, bucket } = fixture;
    const { ETag } = await put('there', 'x');
    const copy = { ...at('there'), CopySource: `${bucket}/there` };
    await expect(s3.send(new CopyObjectCommand({ ...copy, IfNoneMatch: '*' }))).rejects.toMatchObject(failed);
    for (const condition of [{ CopySourceIfMatch: '"abc"' }, { CopySourceIfNoneMatch: ETag }]) {
      await expect(s3.send(new CopyObjectCommand({ ...copy, ...condition }))).rejects.toMatchObject(failed);
    }
    await s3.send(new CopyObjectCommand({ ...copy, CopySourceIfMatch: ETag, MetadataDirective: 'REPLACE' }));
    await expect(
      s3.send(new DeleteObjectCommand({ ...at('there'), IfMatch: '"abc"' })),
    ).rejects.toMatchObject(failed);
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(at('there')));
    const upload = { ...at('there'), UploadId };
    const part = await s3.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'parts' }));
    const parts = { ...upload, MultipartUpload: { Parts: [{ PartNumber: 1, ETag: part.ETag }] } };
    await expect(
      s3.send(new CompleteMultipartUploadCommand({ ...parts, IfNoneMatch: '*' })),
    ).rejects.toMatchObject(failed);
    expect(await read('there')).toBe('x');
    await s3.send(new CompleteMultipartUploadCommand({ ...parts, IfMatch: ETag }));
    expect(await read('there')).toBe('parts');
  });
});

/** The bytes that tables of checksums are about. https://reveng.sourceforge.io/crc-catalogue/ */
const BODY = '123456789';
const sha = (algorithm: string) => createHash(algorithm).update(BODY);
const RIGHT: Readonly<Record<string, string>> = {
  'content-md5': sha('md5').digest('base64'),
  'x-amz-checksum-crc32': Buffer.from('cbf43926', 'hex').toString('base64'),
  'x-amz-checksum-crc32c': Buffer.from('e3069283', 'hex').toString('base64'),
  'x-amz-checksum-crc64nvme': Buffer.from('ae8b14860a799888', 'hex').toString('base64'),
  'x-amz-checksum-sha1': sha('sha1').digest('base64'),
  'x-amz-checksum-sha256': sha('sha256').digest('base64'),
  'x-amz-content-sha256': sha('sha256').digest('hex'),
};

describe.each(Object.entries(RIGHT))('%s', (header, right) => {
  const of = (value: string) =>
    send(url('summed'), { method: 'PUT', body: BODY, headers: { [header]: value } });
  const wrong = right.replace(/^./, first => (first === '0' ? '1' : '0'));

  test('is verified', async () => {
    expect(await of(right)).toMatchObject({ status: 200 });
    const { status, body } = await of(wrong);
    expect(status).toBe(400);
    expect(body).toMatch(/<Code>(BadDigest|XAmzContentSHA256Mismatch)<.*did not match what we received/s);
    expect(await read('summed')).toBe(BODY);
  });

  if (header !== 'x-amz-content-sha256') {
    test('is refused if malformed', async () => {
      const { status, body } = await of('AAAA');
      expect(status).toBe(400);
      expect(body).toMatch(/<Code>Invalid(Digest|Request)</);
    });
  }

  if (header.startsWith('x-amz-checksum')) {
    test('may be a trailer', async () => {
      const chunked = (value: string) =>
        send(url('chunked'), {
          method: 'PUT',
          headers: {
            'content-encoding': 'gzip,aws-chunked',
            'x-amz-trailer': header,
            'x-amz-decoded-content-length': '9',
          },
          body: `4\r\n1234\r\n5\r\n56789\r\n0\r\n${header}:${value}\r\n\r\n`,
        });
      expect(await chunked(wrong)).toMatchObject({ status: 400 });
      expect(await chunked(right)).toMatchObject({ status: 200 });
      expect(await send(url('chunked'))).toMatchObject({
        body: BODY,
        headers: { 'content-encoding': 'gzip' },
      });
    });
  }
});

test.each(['CRC32', 'SHA1', 'SHA256'] as const)('the S3 client sends %s and checks it', async algorithm => {
  const s3 = new S3Client({ ...localConfig(fixture.cloud.endpoint), forcePathStyle: true });
  await s3.send(new PutObjectCommand({ ...at('summed'), Body: BODY, ChecksumAlgorithm: algorithm }));
  const { Body } = await s3.send(new GetObjectCommand({ ...at('summed'), ChecksumMode: 'ENABLED' }));
  expect(await Body?.transformToString()).toBe(BODY);
  s3.destroy();
});

test.each([
  'application/json',
  'text/plain; charset=utf-8',
  'application/x-www-form-urlencoded',
  'application/x-amz-json-1.0',
  'multipart/form-data; boundary=x',
  'multipart/mixed',
  'image',
  'not a type',
  'a/b; c',
])('an object of Content-Type %j keeps its bytes', async type => {
  const body = Buffer.from([0, 0xff, 0x26, 0x3d, 0x0d, 0x0a, 0x7b]);
  const headers = { 'content-type': type };
  expect(await send(url('typed'), { method: 'PUT', body, headers })).toMatchObject({ status: 200 });
  const { Body, ContentType } = await fixture.s3.send(new GetObjectCommand(at('typed')));
  expect(ContentType).toBe(type);
  expect(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(body)).toBe(true);
});
