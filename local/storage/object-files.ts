import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ObjectPersistence, S3Object } from './fauxqs';

const META_SUFFIX = '.meta.json';
const HASH_LENGTH = 32;

type Meta = Omit<S3Object, 'body' | 'lastModified'> & { readonly lastModified: string };

/**
 * Keeps objects as files: `<folder>/<bucket>/<hash of the key>-<end of the key>` beside `<hash of the key>.meta.json`.
 *
 * The file's name comes from a hash because a key is no path: it may hold `..`, one segment of 1,024 bytes, another
 * key's path as its own folder, or differ from another by case alone. fauxqs' own file store maps keys to paths.
 * Uploads in parts live in memory until they are complete; a restart forgets unfinished ones.
 */
export function createObjectFiles(folder: string): ObjectPersistence {
  mkdirSync(folder, { recursive: true });
  const bucketFolder = (bucket: string) => join(folder, bucket);
  const dataFile = (bucket: string, key: string) =>
    join(folder, bucket, `${hashOf(key)}-${readableEnd(key)}`);
  const metaFile = (bucket: string, key: string) => join(folder, bucket, `${hashOf(key)}${META_SUFFIX}`);

  /** Folders only: file managers leave files of their own behind. */
  function buckets(): string[] {
    return readdirSync(folder, { withFileTypes: true })
      .filter(entry => entry.isDirectory())
      .map(({ name }) => name);
  }

  function upsertObject(bucket: string, { body, ...meta }: S3Object): void {
    replaceFile(dataFile(bucket, meta.key), body);
    replaceFile(metaFile(bucket, meta.key), JSON.stringify(meta));
  }

  function deleteObject(bucket: string, key: string): void {
    rmSync(metaFile(bucket, key), { force: true });
    rmSync(dataFile(bucket, key), { force: true });
  }

  function emptyFolder(name: string): void {
    rmSync(name, { recursive: true, force: true });
    mkdirSync(name, { recursive: true });
  }

  return {
    insertBucket: bucket => mkdirSync(bucketFolder(bucket), { recursive: true }),
    deleteBucket: bucket => rmSync(bucketFolder(bucket), { recursive: true, force: true }),
    upsertObject,
    deleteObject,
    deleteObjectsByBucket: bucket => emptyFolder(bucketFolder(bucket)),
    deleteAllObjects: () => {
      for (const bucket of buckets()) emptyFolder(bucketFolder(bucket));
    },
    renameObject(bucket, sourceKey, destKey) {
      const meta = JSON.parse(readFileSync(metaFile(bucket, sourceKey), 'utf8')) as Meta;
      const body = readFileSync(dataFile(bucket, sourceKey));
      upsertObject(bucket, { ...meta, lastModified: new Date(meta.lastModified), key: destKey, body });
      deleteObject(bucket, sourceKey);
    },
    readBody: (bucket, key) => readFileSync(dataFile(bucket, key)),
    completeMultipartUpload: (_uploadId, bucket, object) => upsertObject(bucket, object),
    loadS3(store) {
      for (const bucket of buckets()) {
        store.createBucket(bucket);
        for (const name of readdirSync(bucketFolder(bucket))) {
          if (name.indexOf(META_SUFFIX) !== HASH_LENGTH) continue;
          const meta = JSON.parse(readFileSync(join(bucketFolder(bucket), name), 'utf8')) as Meta;
          const lastModified = new Date(meta.lastModified);
          store.restoreObject(bucket, { ...meta, lastModified, body: Buffer.alloc(0) });
        }
      }
    },
    purgeAll: () => emptyFolder(folder),
    close: nothing,
    insertMultipartUpload: nothing,
    upsertMultipartPart: nothing,
    deleteMultipartUpload: nothing,
    deleteAllMultipartUploads: nothing,
    saveBucketLifecycleConfiguration: nothing,
    deleteBucketLifecycleConfiguration: nothing,
  };
}

function nothing(): void {
  // Not kept on disk.
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, HASH_LENGTH);
}

/** At most 60 ASCII characters, for people who look into the folder. */
function readableEnd(key: string): string {
  return (key.split('/').at(-1) ?? '').replaceAll(/[^A-Za-z0-9._-]+/g, '_').slice(-60);
}

/** Whoever reads the file, even after a crash, finds the old content or the new one. */
function replaceFile(file: string, content: string | Uint8Array): void {
  const unfinished = `${file}.tmp`;
  writeFileSync(unfinished, content);
  renameSync(unfinished, file);
}
