import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { peakMemoryMiB } from '../support/peak-memory';
import { type CloudProcess, startCloudProcess } from './cloud-process';
import { writeAssembly } from './fixture';

const MIB = 1024 * 1024;
/** `MINIATURAS_LARGE_OBJECT_MIB=3072` for one of S3's larger sizes. */
const SIZE_MIB = Number(
  process.env.MINIATURAS_LARGE_OBJECT_MIB ?? (process.env.MINIATURAS_ENDURANCE ? 160 : 64),
);
const SIZE = SIZE_MIB * MIB;
/** Node's own ups and downs take 70; the smallest object, were it in memory beside them, would take 64 more. */
const MAX_GROWTH_MIB = 120;

let folder: string;
let cloud: CloudProcess;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'large-'));
  writeAssembly(join(folder, 'cdk.out'), join(folder, 'records'), { notifications: [] });
  cloud = await startCloudProcess({ assembly: join(folder, 'cdk.out'), data: join(folder, 'data') });
  await putStream('one.bin', { 'content-length': `${SIZE}` }, pieces());
});
afterAll(async () => {
  await cloud.end('SIGINT');
  rmSync(folder, { recursive: true, force: true });
});

/** Each MiB of the object differs from the others. */
const piece = (index: number) => Buffer.alloc(MIB, `piece ${index} `);
function* pieces(from = 0, to = SIZE_MIB): Generator<Buffer> {
  for (let i = from; i < to; i++) yield piece(i);
}

function md5(parts: Iterable<Buffer>): Buffer {
  const hash = createHash('md5');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

const WHOLE = md5(pieces()).toString('hex');

/** One PUT whose body is made while it goes out. */
function putStream(key: string, headers: Record<string, string>, body: Iterable<Buffer>) {
  return new Promise<{ status: number | undefined; etag: string | undefined; text: string }>(
    (resolve, reject) => {
      const upload = request(`${cloud.url}/${cloud.bucket}/${key}`, { method: 'PUT', headers }, answer => {
        let text = '';
        answer.on('data', data => {
          text += data;
        });
        answer.on('end', () => resolve({ status: answer.statusCode, etag: answer.headers.etag, text }));
      });
      upload.on('error', reject);
      Readable.from(body).pipe(upload);
    },
  );
}

async function contentOf(key: string, range?: string) {
  const { Body, ...head } = await cloud.s3.send(
    new GetObjectCommand({ Bucket: cloud.bucket, Key: key, ...(range && { Range: range }) }),
  );
  const hash = createHash('md5');
  let length = 0;
  for await (const chunk of Body as Readable) {
    hash.update(chunk);
    length += chunk.length;
  }
  return { ...head, length, md5: hash.digest('hex') };
}

/** Runs on an object of some size without having it in memory. */
async function inBoundedMemory(work: () => Promise<void>): Promise<void> {
  const before = peakMemoryMiB(cloud.child.pid);
  await work();
  const growth = peakMemoryMiB(cloud.child.pid) - before;
  expect(growth).toBeLessThan(MAX_GROWTH_MIB);
  expect(readdirSync(join(folder, 'data/objects/.staging'))).toEqual([]);
}

test('PUT, GET, ranges and a copy', async () => {
  await inBoundedMemory(async () => {
    const { status, etag } = await putStream('one.bin', { 'content-length': `${SIZE}` }, pieces());
    expect({ status, etag }).toEqual({ status: 200, etag: `"${WHOLE}"` });
    expect(await contentOf('one.bin')).toMatchObject({ ContentLength: SIZE, length: SIZE, md5: WHOLE });

    const start = 7 * MIB + 5;
    const slice = Buffer.concat([...pieces(7, 10)]).subarray(5, 5 + 2 * MIB);
    const range = await contentOf('one.bin', `bytes=${start}-${start + 2 * MIB - 1}`);
    expect(range).toMatchObject({
      ContentRange: `bytes ${start}-${start + 2 * MIB - 1}/${SIZE}`,
      md5: md5([slice]).toString('hex'),
    });
    expect(await contentOf('one.bin', 'bytes=-3')).toMatchObject({ length: 3 });

    const CopySource = `${cloud.bucket}/one.bin`;
    await cloud.s3.send(new CopyObjectCommand({ Bucket: cloud.bucket, Key: 'copy.bin', CopySource }));
    expect(await contentOf('copy.bin')).toMatchObject({ ETag: `"${WHOLE}"`, md5: WHOLE });
  });
}, 600_000);

test('a 304 leaves no file open', async () => {
  const fds = `/proc/${cloud.child.pid}/fd`;
  const ask = () =>
    fetch(`${cloud.url}/${cloud.bucket}/one.bin`, { headers: { 'if-none-match': `"${WHOLE}"` } });
  for (let i = 0; i < 5; i++) expect((await ask()).status).toBe(304);
  const open = existsSync(fds) ? readdirSync(fds).map(fd => readlinkSync(join(fds, fd))) : [];
  expect(open.filter(file => file.includes('/objects/'))).toEqual([]);
});

test('a multipart upload of uploaded and copied parts', async () => {
  await inBoundedMemory(async () => {
    const object = { Bucket: cloud.bucket, Key: 'parts.bin' };
    const { UploadId } = await cloud.s3.send(new CreateMultipartUploadCommand(object));
    const digests: Buffer[] = [];
    const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
    const partMiB = SIZE_MIB / 8;
    for (let from = 0, PartNumber = 1; from < SIZE_MIB; from += partMiB, PartNumber++) {
      const part = { ...object, UploadId, PartNumber };
      const bytes = { from: from * MIB, to: (from + partMiB) * MIB - 1 };
      const copy = new UploadPartCopyCommand({
        ...part,
        CopySource: `${cloud.bucket}/one.bin`,
        CopySourceRange: `bytes=${bytes.from}-${bytes.to}`,
      });
      const upload = new UploadPartCommand({
        ...part,
        Body: Readable.from(pieces(from, from + partMiB)),
        ContentLength: partMiB * MIB,
      });
      const ETag =
        PartNumber % 2 === 0
          ? (await cloud.s3.send(copy)).CopyPartResult?.ETag
          : (await cloud.s3.send(upload)).ETag;
      digests.push(md5(pieces(from, from + partMiB)));
      expect(ETag).toBe(`"${digests.at(-1)?.toString('hex')}"`);
      Parts.push({ PartNumber, ETag });
    }
    await cloud.s3.send(
      new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload: { Parts } }),
    );
    const { ETag } = await cloud.s3.send(new HeadObjectCommand(object));
    expect(ETag).toBe(`"${md5(digests).toString('hex')}-8"`);
    expect(await contentOf('parts.bin')).toMatchObject({ length: SIZE, md5: WHOLE });
  });
}, 600_000);

test.each([
  { what: 'Content-MD5', header: 'content-md5', value: md5([Buffer.from('other')]).toString('base64') },
  { what: 'CRC-32', header: 'x-amz-checksum-crc32', value: 'AAAAAA==' },
  { what: 'SHA-256', header: 'x-amz-checksum-sha256', value: Buffer.alloc(32).toString('base64') },
])('a large PUT with another $what is refused, the old object stays', async ({ header, value }) => {
  const headers = { 'content-length': `${20 * MIB}`, [header]: value };
  const { status, text } = await putStream('one.bin', headers, pieces(0, 20));
  expect(status).toBe(400);
  expect(text).toContain('<Code>BadDigest</Code>');
  const { ETag } = await cloud.s3.send(new HeadObjectCommand({ Bucket: cloud.bucket, Key: 'one.bin' }));
  expect(ETag).toBe(`"${WHOLE}"`);
  expect(readdirSync(join(folder, 'data/objects/.staging'))).toEqual([]);
});
