import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import sharp from 'sharp';

/** An object with what its bytes show. */
export interface Image {
  readonly contentType: string | undefined;
  readonly cacheControl: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
  /** px */
  readonly width: number;
  readonly height: number;
}

/** What the dead-letter queue says of a source. */
export interface DeadLetter {
  readonly key: string | undefined;
  readonly reason: string | undefined;
  readonly detail: string | undefined;
}

/** The stack, wherever it runs, and the few things that tests do with it. Keys of sources are relative to `folder`. */
export interface Deployed {
  readonly s3: S3Client;
  readonly bucket: string;
  /** Stands before the key of every source; empty where the bucket is the tests' own. */
  readonly folder: string;
  /** @returns the object's ETag */
  put(key: string, bytes: Uint8Array | string): Promise<string>;
  remove(key: string): Promise<void>;
  /** The default variant's thumbnail of a source, or undefined if there is none. */
  thumbnail(key: string): Promise<Image | undefined>;
  /** Takes what is in the dead-letter queue. */
  deadLetters(): Promise<DeadLetter[]>;
  /** What `look` sees once it is as `wanted` says, or once there is no more hope that it will be. */
  eventually<T>(look: () => Promise<T>, wanted: (seen: T) => boolean): Promise<T>;
  stop(): Promise<void>;
}

/** What tests do with a bucket's objects; `folder` stands before the keys of sources. */
export function objectsOf({ s3, bucket, folder }: Pick<Deployed, 's3' | 'bucket' | 'folder'>) {
  return {
    async put(key: string, bytes: Uint8Array | string): Promise<string> {
      const { ETag } = await s3.send(
        new PutObjectCommand({ Bucket: bucket, Key: `${folder}${key}`, Body: Buffer.from(bytes) }),
      );
      return ETag as string;
    },

    async remove(key: string): Promise<void> {
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: `${folder}${key}` }));
    },

    thumbnail: (key: string) => image(`miniaturas/${folder}${key}`),

    /** The image under a whole key, or undefined if there is none. */
    image,

    /** Whole keys, of sources and thumbnails. */
    keys: async (prefix = '') => (await etags(prefix)).map(({ key }) => key),

    etags,
  };

  /** The objects whose whole keys begin so. */
  async function etags(prefix: string): Promise<{ readonly key: string; readonly etag: string }[]> {
    const objects: { readonly key: string; readonly etag: string }[] = [];
    let token: string | undefined;
    do {
      const page = await s3.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }),
      );
      objects.push(...(page.Contents ?? []).map(({ Key = '', ETag = '' }) => ({ key: Key, etag: ETag })));
      token = page.NextContinuationToken;
    } while (token);
    return objects;
  }

  async function image(key: string): Promise<Image | undefined> {
    try {
      const { Body, ContentType, CacheControl, Metadata } = await s3.send(
        new GetObjectCommand({ Bucket: bucket, Key: key }),
      );
      const bytes = (await Body?.transformToByteArray()) as Uint8Array;
      const { width, height } = await sharp(bytes).metadata();
      return {
        contentType: ContentType,
        cacheControl: CacheControl,
        metadata: Metadata ?? {},
        bytes,
        width,
        height,
      };
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }
}
