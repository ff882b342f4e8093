import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { SourceRef } from './model/events';

/** An object as it was at one moment, without its bytes. */
export interface StoredObject {
  /** S3's mark of these bytes. */
  readonly etag: string;
  /** The user's own, by name in lower case. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A source as it was at one moment. */
export interface Source extends StoredObject {
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

/** All that the function does with objects, one call to S3 each. Faults of S3 are thrown as they come. */
export interface Store {
  /**
   * The object, or undefined if there is none.
   *
   * @param maxBytes the body of a larger one is not downloaded
   */
  read(object: SourceRef, maxBytes: number): Promise<Source | undefined>;
  /** The object as it is now, or undefined if there is none. */
  head(object: SourceRef): Promise<StoredObject | undefined>;
  /**
   * Writes the object on a condition.
   *
   * @param replaces the ETag of the object that it may replace; undefined: only where there is none
   * @returns whether the condition held; false: nothing was written
   */
  write(object: SourceRef, thumbnail: StoredThumbnail, replaces: string | undefined): Promise<boolean>;
  /**
   * Removes the object if it still has that ETag.
   *
   * @returns whether it had; false: nothing was removed
   */
  remove(object: SourceRef, etag: string): Promise<boolean>;
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
          Metadata: metadata = {},
        } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        if (!(Body instanceof Readable) || !ETag || size === undefined) {
          throw new Error(`S3 answered for ${key} without a body, an ETag or a length.`);
        }
        if (size <= maxBytes) return { etag: ETag, metadata, size, bytes: await Body.transformToByteArray() };
        Body.destroy();
        return { etag: ETag, metadata, size, bytes: undefined };
      }),

    head: ({ bucket, key }) =>
      unlessMissing(async () => {
        const { ETag, Metadata = {} } = await client.send(
          new HeadObjectCommand({ Bucket: bucket, Key: key }),
        );
        if (!ETag) throw new Error(`S3 answered for ${key} without an ETag.`);
        return { etag: ETag, metadata: Metadata };
      }),

    write: ({ bucket, key }, { bytes, contentType, cacheControl, metadata }, replaces) =>
      ifConditionHolds(() =>
        client.send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: key,
            Body: bytes,
            ContentType: contentType,
            CacheControl: cacheControl,
            Metadata: { ...metadata },
            ...(replaces === undefined ? { IfNoneMatch: '*' } : { IfMatch: replaces }),
          }),
        ),
      ),

    remove: ({ bucket, key }, etag) =>
      ifConditionHolds(() =>
        client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, IfMatch: etag })),
      ),
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

/**
 * What S3 answers where the object is not as the condition says: another one, one that changes at this moment, or none.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
const CONDITION_FAILED = ['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey'];

async function ifConditionHolds(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    if (error instanceof S3ServiceException && CONDITION_FAILED.includes(error.name)) return false;
    throw error;
  }
}
