import { createHash } from 'node:crypto';
import { createReadStream, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { computeCompositeChecksum, S3Error, type S3Object, type S3Store } from './fauxqs';
import type { Staged, Staging } from './staging';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html: all parts but the last */
const MIN_PART_BYTES = 5 * 1024 * 1024;

/** The buffer for copying a part. */
const COPY_BYTES = 1024 * 1024;

type CreateArguments = Parameters<S3Store['createMultipartUpload']>;
type PartSpecs = Parameters<S3Store['completeMultipartUpload']>[1];

interface Part extends Staged {
  readonly checksum: string | undefined;
}

interface Upload {
  readonly created: CreateArguments;
  readonly parts: Map<number, Part>;
  /** Parts that {@link MultipartUploads.prepare} has joined; the ETag tells which. */
  prepared?: Staged | undefined;
}

/**
 * Multipart uploads. fauxqs would keep parts in memory; here each is a file until they are joined. A restart drops
 * unfinished uploads.
 */
export interface MultipartUploads {
  start(uploadId: string, created: CreateArguments): void;
  /** @throws S3Error when there is no such upload; the staged file is gone then */
  addPart(uploadId: string, part: { number: number; staged: Staged; checksum: string | undefined }): void;
  /**
   * Joins parts ahead of {@link join}, which fauxqs does not wait for: some GB take seconds, in which nothing else
   * would be answered. What is wrong with the numbers is left for {@link join} to say.
   */
  prepare(uploadId: string, partNumbers: readonly number[]): Promise<void>;
  /**
   * Joins the parts, if that is not done yet; they stay until {@link forget}, so that this can be tried again.
   *
   * @throws S3Error when there is no such upload or it has other parts
   */
  join(
    uploadId: string,
    specs: PartSpecs,
  ): { bucket: string; staged: Staged; object: Omit<S3Object, 'body'> };
  forget(uploadId: string): void;
}

export function createMultipartUploads(staging: Staging): MultipartUploads {
  const uploads = new Map<string, Upload>();

  function uploadOf(uploadId: string): Upload {
    const upload = uploads.get(uploadId);
    if (!upload) throw new S3Error('NoSuchUpload', 'The specified multipart upload does not exist.', 404);
    return upload;
  }

  return {
    start: (uploadId, created) => uploads.set(uploadId, { created, parts: new Map() }),
    addPart(uploadId, { number, staged, checksum }) {
      if (!uploads.has(uploadId)) rmSync(staged.file, { force: true });
      const { parts } = uploadOf(uploadId);
      const replaced = parts.get(number);
      parts.set(number, { ...staged, checksum });
      if (replaced) rmSync(replaced.file, { force: true });
    },
    async prepare(uploadId, partNumbers) {
      const upload = uploads.get(uploadId);
      const parts = partNumbers.flatMap(number => upload?.parts.get(number) ?? []);
      if (!upload || parts.length !== partNumbers.length) return;
      const file = await appendFiles(staging.newFile(), parts);
      const size = parts.reduce((sum, part) => sum + part.size, 0);
      // Another request may have prepared it too, or ended the upload.
      const unneeded = uploads.get(uploadId) === upload ? upload.prepared?.file : file;
      upload.prepared = { file, size, etag: etagOf(parts) };
      if (unneeded) rmSync(unneeded, { force: true });
    },
    join(uploadId, specs) {
      const upload = uploadOf(uploadId);
      const parts = partsOf(upload, specs);
      const ranges = parts.map(({ file, size }) => ({ file, start: 0, length: size }));
      const etag = etagOf(parts);
      const staged = upload.prepared?.etag === etag ? upload.prepared : staging.join(ranges, etag);
      const [bucket, key, contentType = 'application/octet-stream', metadata = {}, system] = upload.created;
      let offset = 0;
      const object = {
        key,
        contentType,
        metadata,
        ...system,
        contentLength: staged.size,
        etag: `"${staged.etag}"`,
        lastModified: new Date(),
        parts: parts.map(({ size }, index) => {
          offset += size;
          return { partNumber: specs[index]?.partNumber ?? 0, offset: offset - size, length: size };
        }),
        ...checksumOf(upload, parts),
      };
      return { bucket, staged, object };
    },
    forget(uploadId) {
      const upload = uploads.get(uploadId);
      uploads.delete(uploadId);
      for (const { file } of upload?.parts.values() ?? []) rmSync(file, { force: true });
      if (upload?.prepared) rmSync(upload.prepared.file, { force: true });
    },
  };
}

/** @throws S3Error unless the upload has all of them, in ascending order and each but the last of 5 MiB */
function partsOf({ parts }: Upload, specs: PartSpecs): Part[] {
  return specs.map(({ partNumber, etag }, index) => {
    const part = parts.get(partNumber);
    if (partNumber <= (specs[index - 1]?.partNumber ?? 0)) {
      throw new S3Error('InvalidPartOrder', 'The list of parts was not in ascending order.', 400);
    }
    if (part?.etag !== etag.replaceAll('"', '')) {
      throw new S3Error('InvalidPart', `Part ${partNumber} could not be found, or its ETag differs.`, 400);
    }
    if (index < specs.length - 1 && part.size < MIN_PART_BYTES) {
      throw new S3Error('EntityTooSmall', `Part ${partNumber} is smaller than 5 MiB.`, 400);
    }
    return part;
  });
}

async function appendFiles(file: string, parts: readonly Part[]): Promise<string> {
  const output = await open(file, 'wx');
  try {
    for (const part of parts) {
      for await (const bytes of createReadStream(part.file, { highWaterMark: COPY_BYTES })) {
        await output.writeFile(bytes);
      }
    }
    return file;
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  } finally {
    await output.close();
  }
}

/** As S3 does it: the MD5 of the parts' MD5s, and their number. */
function etagOf(parts: readonly Part[]): string {
  const hash = createHash('md5');
  for (const { etag } of parts) hash.update(etag, 'hex');
  return `${hash.digest('hex')}-${parts.length}`;
}

function checksumOf({ created }: Upload, parts: readonly Part[]): Partial<S3Object> {
  const algorithm = created[5];
  const partChecksums = parts.flatMap(({ checksum }) => checksum ?? []);
  if (!algorithm || partChecksums.length === 0) return {};
  const checksumValue = computeCompositeChecksum(algorithm, partChecksums);
  return { checksumAlgorithm: algorithm, checksumValue, checksumType: 'COMPOSITE', partChecksums };
}
