import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { decodeAwsChunked } from './aws-chunked';
import { announcedChecksums, wrongChecksum } from './checksums';
import { S3Error } from './fauxqs';
import { type Staged, type Staging, standInFor } from './staging';

const MIB = 1024 * 1024;

/** S3's limit for one PUT. https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html */
const MAX_OBJECT_BYTES = 5 * 1024 * MIB;

/** Larger objects are written to disk as they arrive. Clients use multipart uploads from 8 or 16 MiB. */
const MAX_OBJECT_IN_MEMORY_BYTES = 16 * MIB;

/** For browser forms, lists of keys and events, which fauxqs reads from memory only. */
const MAX_BODY_IN_MEMORY_BYTES = 512 * MIB;

/** The part of a request that {@link readBody} needs. */
export interface UploadRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Reads the body of a request into memory. An object of more than 16 MiB is written to a staged file instead, with an
 * empty Buffer in its place (`staging.ts`), and its checksums are compared here. The aws-chunked encoding is decoded;
 * its trailers are added to the headers.
 *
 * @throws S3Error for more bytes than S3 takes (5 GiB), fewer than announced, or a checksum that differs
 */
export async function readBody(request: UploadRequest, body: Readable, staging: Staging): Promise<Buffer> {
  const { method, headers } = request;
  const announced = Number(headers['content-length'] ?? Number.POSITIVE_INFINITY);
  const large = method === 'PUT' && announced > MAX_OBJECT_IN_MEMORY_BYTES;
  const plain = isChunked(headers) ? withoutChunks(headers, body) : body;
  if (large) return standInFor(await stage(headers, plain, staging.newFile()));
  const pieces: Buffer[] = [];
  for await (const piece of limited(plain, MAX_BODY_IN_MEMORY_BYTES)) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function stage(
  headers: IncomingHttpHeaders,
  body: AsyncIterable<Buffer>,
  path: string,
): Promise<Staged> {
  const md5 = createHash('md5');
  const checksums = announcedChecksums(headers);
  const file = await open(path, 'wx');
  let size = 0;
  try {
    for await (const piece of limited(body, MAX_OBJECT_BYTES)) {
      md5.update(piece);
      for (const checksum of checksums) checksum.update(piece);
      size += piece.length;
      await file.writeFile(piece);
    }
    const wrong = await wrongChecksum(checksums, headers);
    if (wrong) throw refusal(wrong.code, wrong.sentence);
    return { file: path, size, etag: md5.digest('hex') };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

function isChunked(headers: IncomingHttpHeaders): boolean {
  return headers['content-encoding']?.includes('aws-chunked') ?? false;
}

async function* withoutChunks(headers: IncomingHttpHeaders, body: Readable): AsyncGenerator<Buffer> {
  const encodings = (headers['content-encoding'] ?? '').split(',').map(one => one.trim());
  let size = 0;
  for await (const piece of decodeAwsChunked(body, (name, value) => {
    headers[name] = value;
  })) {
    size += piece.length;
    yield piece;
  }
  const expected = headers['x-amz-decoded-content-length'];
  if (expected !== undefined && Number(expected) !== size) {
    throw refusal('IncompleteBody', `Expected ${expected} bytes but received ${size}.`);
  }
  // fauxqs would decode the body again, and forget the object's own encoding.
  const encoding = encodings.filter(one => one !== 'aws-chunked').join(', ');
  if (encoding) headers['content-encoding'] = encoding;
  else delete headers['content-encoding'];
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
  return new S3Error(code, sentence, 400);
}
