import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { decodeAwsChunked } from './aws-chunked';
import { loadFauxqs } from './fauxqs';
import { type Staged, type Staging, standInFor } from './staging';

const MIB = 1024 * 1024;

/** What S3 takes in one PUT. https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html */
const MAX_OBJECT_BYTES = 5 * 1024 * MIB;

/** Larger objects go to disk as they arrive. Clients upload in parts from 8 or 16 MiB. */
const MAX_OBJECT_IN_MEMORY_BYTES = 16 * MIB;

/** Forms of browsers, lists of keys, events: fauxqs reads these from memory only. */
const MAX_BODY_IN_MEMORY_BYTES = 512 * MIB;

/** What {@link readBody} looks at. */
export interface UploadRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Reads the body of a request: into memory, or as a file with a Buffer that stands for it (see `staging.ts`) if it is an
 * object of more than 16 MiB. Then the MD5 and the checksums that came with it are compared here, and what they were
 * sent with is turned into plain headers, as fauxqs sees no byte of it.
 *
 * @throws S3Error for more bytes than S3 takes (5 GiB), fewer than announced, or others than those that were summed up
 */
export async function readBody(request: UploadRequest, body: Readable, staging: Staging): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? Number.POSITIVE_INFINITY);
  if (request.method === 'PUT' && announced > MAX_OBJECT_IN_MEMORY_BYTES) {
    return standInFor(await stage(request.headers, body, staging.newFile()));
  }
  const pieces: Buffer[] = [];
  for await (const piece of limited(body, MAX_BODY_IN_MEMORY_BYTES)) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function stage(headers: IncomingHttpHeaders, body: Readable, path: string): Promise<Staged> {
  const md5 = createHash('md5');
  const sums = announcedSums(headers);
  const chunked = headers['content-encoding']?.includes('aws-chunked') ?? false;
  const plain = chunked
    ? decodeAwsChunked(body, (name, value) => Object.assign(headers, { [name]: value }))
    : body;
  const file = await open(path, 'wx');
  let size = 0;
  try {
    for await (const piece of limited(plain, MAX_OBJECT_BYTES)) {
      md5.update(piece);
      for (const sum of sums) sum.update(piece);
      size += piece.length;
      await file.writeFile(piece);
    }
    const digest = md5.digest();
    check('content-md5', digest);
    for (const sum of sums) check(sum.header, sum.digest());
    const expected =
      headers['x-amz-decoded-content-length'] ?? (chunked ? undefined : headers['content-length']);
    if (expected !== undefined && Number(expected) !== size) {
      throw refusal('IncompleteBody', `Expected ${expected} bytes but received ${size}.`);
    }
    if (chunked) withoutChunking(headers);
    return { file: path, size, etag: digest.toString('hex') };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }

  function check(header: string, digest: Buffer): void {
    const expected = headers[header];
    if (expected !== undefined && expected !== digest.toString('base64')) {
      throw refusal('BadDigest', `The ${header} you specified did not match what we received.`);
    }
  }
}

/** fauxqs would decode the body again. */
function withoutChunking(headers: IncomingHttpHeaders): void {
  const others = (headers['content-encoding'] ?? '').split(',').map(one => one.trim());
  const encoding = others.filter(one => one !== 'aws-chunked').join(', ');
  if (encoding) headers['content-encoding'] = encoding;
  else delete headers['content-encoding'];
}

interface Sum {
  readonly header: string;
  update(piece: Buffer): void;
  digest(): Buffer;
}

/** The checksums that a request has in its headers or says will come behind its body. */
function announcedSums(headers: IncomingHttpHeaders): Sum[] {
  const trailers = String(headers['x-amz-trailer'] ?? '').toLowerCase();
  return [hashSum('sha1'), hashSum('sha256'), crc32Sum()].filter(
    ({ header }) => headers[header] !== undefined || trailers.includes(header),
  );
}

function hashSum(algorithm: 'sha1' | 'sha256'): Sum {
  const hash = createHash(algorithm);
  return {
    header: `x-amz-checksum-${algorithm}`,
    update: piece => hash.update(piece),
    digest: () => hash.digest(),
  };
}

function crc32Sum(): Sum {
  let value = 0;
  return {
    header: 'x-amz-checksum-crc32',
    update: piece => {
      value = crc32(piece, value);
    },
    digest() {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes;
    },
  };
}

async function* limited(body: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const piece of body) {
    size += piece.length;
    if (size > maxBytes) {
      throw refusal(
        'EntityTooLarge',
        `Expected ${maxBytes / MIB} MiB at most; larger objects go up in parts.`,
      );
    }
    yield piece;
  }
}

function refusal(code: string, sentence: string): Error {
  return new (loadFauxqs().S3Error)(code, sentence, 400);
}
