import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { SourceRef } from './events';

/** A source as it was at one moment. */
export interface Source {
  /** S3's mark of this version of the object. */
  readonly etag: string;
  /** Its size in bytes. */
  readonly size: number;
  /** `undefined` if the object exceeds `maxBytes`: then its body was not downloaded. */
  readonly bytes: Uint8Array | undefined;
}

/** A thumbnail on its way into the bucket. */
export interface StoredThumbnail {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly cacheControl: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

/** All that the function does with objects. Faults of S3 are thrown as they come. */
export interface Store {
  /**
   * The object, or undefined if there is none.
   *
   * @param maxBytes the body of a larger one is not downloaded
   */
  read(object: SourceRef, maxBytes: number): Promise<Source | undefined>;
  /** The ETag of the object as it is now, or undefined if there is none. */
  etag(object: SourceRef): Promise<string | undefined>;
  write(object: SourceRef, thumbnail: StoredThumbnail): Promise<void>;
  /** Removes the object if it is there. */
  remove(object: SourceRef): Promise<void>;
}

/** The store that is S3. The one file of the function that talks to it. */
export function s3Store(client: S3Client): Store {
  return {
    read: ({ bucket, key }, maxBytes) =>
      unlessMissing(async () => {
        const {
          Body,
          ETag,
          ContentLength: size,
        } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        if (!(Body instanceof Readable) || !ETag || size === undefined) {
          throw new Error(`S3 answered for ${key} without a body, an ETag or a length.`);
        }
        if (size <= maxBytes) return { etag: ETag, size, bytes: await Body.transformToByteArray() };
        Body.destroy();
        return { etag: ETag, size, bytes: undefined };
      }),

    etag: ({ bucket, key }) =>
      unlessMissing(async () => {
        const { ETag } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
        return ETag;
      }),

    async write({ bucket, key }, { bytes, contentType, cacheControl, metadata }) {
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: bytes,
          ContentType: contentType,
          CacheControl: cacheControl,
          Metadata: { ...metadata },
        }),
      );
    },

    async remove({ bucket, key }) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
  };
}

/** S3 says "missing" with NoSuchKey to a read and, having no body to say it in, with NotFound to a HEAD. */
async function unlessMissing<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof NoSuchKey || error instanceof NotFound) return undefined;
    throw error;
  }
}
