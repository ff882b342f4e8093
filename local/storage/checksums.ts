import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Crc32, Crc32c, Crc64Nvme } from '@aws-sdk/checksums/crc';
import type { Refusal } from './refusals';

/** A checksum of a request's body that its client sends along. */
export interface Checksum {
  /** The header, or the trailer of a body in aws-chunked encoding, that has it. */
  readonly header: string;
  readonly encoding: 'base64' | 'hex';
  update(piece: Uint8Array): void;
  digest(): Promise<Uint8Array>;
}

type Algorithm = () => { update(piece: Uint8Array): unknown; digest(): Uint8Array | Promise<Uint8Array> };

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html */
const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  'content-md5': () => createHash('md5'),
  'x-amz-checksum-crc32': () => new Crc32(),
  'x-amz-checksum-crc32c': () => new Crc32c(),
  'x-amz-checksum-crc64nvme': () => new Crc64Nvme(),
  'x-amz-checksum-sha1': () => createHash('sha1'),
  'x-amz-checksum-sha256': () => createHash('sha256'),
  // It may also say `UNSIGNED-PAYLOAD` or `STREAMING-…`.
  'x-amz-content-sha256': () => createHash('sha256'),
};

/** The checksums that a request has in its headers, or announces as trailers in `x-amz-trailer`. */
export function announcedChecksums(headers: IncomingHttpHeaders): Checksum[] {
  const trailers = String(headers['x-amz-trailer'] ?? '').toLowerCase();
  return Object.entries(ALGORITHMS)
    .filter(([header]) =>
      header === 'x-amz-content-sha256'
        ? /^[0-9a-f]{64}$/.test(String(headers[header] ?? ''))
        : headers[header] !== undefined || trailers.split(/, */).includes(header),
    )
    .map(([header, algorithm]) => {
      const sum = algorithm();
      return {
        header,
        encoding: header === 'x-amz-content-sha256' ? 'hex' : 'base64',
        update: piece => void sum.update(piece),
        digest: async () => sum.digest(),
      };
    });
}

/** Compares checksums with the headers, once the whole body has been read; undefined when all agree. */
export async function wrongChecksum(
  checksums: readonly Checksum[],
  headers: IncomingHttpHeaders,
): Promise<Refusal | undefined> {
  for (const { header, encoding, digest } of checksums) {
    const given = Buffer.from(String(headers[header] ?? ''), encoding);
    const actual = await digest();
    if (given.equals(actual)) continue;
    if (given.length === actual.length) {
      const code = encoding === 'hex' ? 'XAmzContentSHA256Mismatch' : 'BadDigest';
      return refuse(code, `The ${header} you specified did not match what we received.`);
    }
    const code = header === 'content-md5' ? 'InvalidDigest' : 'InvalidRequest';
    return refuse(code, `The ${header} you specified is not valid.`);
  }
  return undefined;
}

function refuse(code: string, sentence: string): Refusal {
  return { status: 400, code, sentence };
}
