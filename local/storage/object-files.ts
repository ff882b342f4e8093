import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../signal';
import type { ObjectPersistence, S3Object } from './fauxqs';
import { fileBytes } from './file-bytes';
import { placeBody, stagedBehind } from './staging';

const META_SUFFIX = '.meta.json';
const UNFINISHED_META_SUFFIX = '.meta.json.tmp';
const HASH = '[0-9a-f]{32}';
const META_FILE = new RegExp(`^${HASH}\\.meta\\.json$`);
const OWN_FILE = new RegExp(`^${HASH}[-.]`);
const HASH_LENGTH = 32;

/** Smaller objects are read in one call, which is quicker than a stream. */
const STREAMED_FROM_BYTES = 1024 * 1024;

type Meta = Omit<S3Object, 'body' | 'lastModified'> & {
  readonly lastModified: string;
  /** The file with the bytes, beside this one. Earlier versions derived it from the key. */
  readonly file?: string;
};

/** The part of fauxqs' persistence that is kept in files. */
export type ObjectFiles = Pick<
  ObjectPersistence,
  'insertBucket' | 'deleteBucket' | 'upsertObject' | 'deleteObject' | 'readBody' | 'loadS3'
>;

/**
 * Keeps objects as files: `<folder>/<bucket>/<hash of the key>.meta.json`, which names the file with the bytes,
 * `<hash of the key>-<random>-<end of the key>`.
 *
 * Each version of an object has a new file for its bytes, and becomes current by one rename of its metadata file:
 * after a crash there are the old bytes with the old metadata or the new with the new. Files that no metadata names
 * are removed at the next start. There is no fsync: the kernel keeps finished writes when this process is killed.
 *
 * Names are hashes because a key is no path: it may have `..`, a segment of 1,024 bytes, another key as its folder, or
 * differ from another by case alone.
 *
 * @param options.writing called just before the rename. A crash in between leaves an event of a change that did not
 *   happen, which is harmless: an event means "look at this key again". The other order could lose an event. If it
 *   throws, nothing has changed.
 * @param options.deleting called just before an object's files are removed, likewise
 * @param options.log is told about files that cannot be read
 */
export function createObjectFiles({
  folder,
  writing,
  deleting,
  log,
}: {
  readonly folder: string;
  readonly writing: (bucket: string, object: S3Object) => void;
  readonly deleting: (bucket: string, key: string) => void;
  readonly log: Log;
}): ObjectFiles {
  mkdirSync(folder, { recursive: true });
  /** The path of an object's bytes by the path of its metadata. */
  const dataFiles = new Map<string, string>();
  const bucketFolder = (bucket: string) => join(folder, bucket);
  const metaFile = (bucket: string, key: string) => join(folder, bucket, hashOf(key) + META_SUFFIX);

  function upsertObject(bucket: string, object: S3Object): void {
    const staged = stagedBehind(object.body);
    // fauxqs computed both from the empty Buffer that stands for the file.
    if (staged) Object.assign(object, { contentLength: staged.size, etag: `"${staged.etag}"` });
    const { body, ...meta } = object;
    const file = `${hashOf(meta.key)}-${randomBytes(4).toString('hex')}-${readableEnd(meta.key)}`;
    const dataFile = join(bucketFolder(bucket), file);
    const metaPath = metaFile(bucket, meta.key);
    const unfinished = join(bucketFolder(bucket), hashOf(meta.key) + UNFINISHED_META_SUFFIX);
    try {
      placeBody(body, dataFile);
      writeFileSync(unfinished, JSON.stringify({ ...meta, file }));
      writing(bucket, object);
      renameSync(unfinished, metaPath);
    } catch (error) {
      for (const one of [dataFile, unfinished]) rmSync(one, { force: true });
      throw error;
    }
    const replaced = dataFiles.get(metaPath);
    dataFiles.set(metaPath, dataFile);
    if (replaced) removeUnneeded(replaced);
  }

  function deleteObject(bucket: string, key: string): void {
    const metaPath = metaFile(bucket, key);
    const dataFile = dataFiles.get(metaPath);
    if (!dataFile) return;
    deleting(bucket, key);
    rmSync(metaPath, { force: true });
    dataFiles.delete(metaPath);
    removeUnneeded(dataFile);
  }

  function loadBucket(bucket: string, restore: (object: S3Object) => void): void {
    const needed = new Set<string>();
    const damaged = new Set<string>();
    const names = readdirSync(bucketFolder(bucket)).filter(name => OWN_FILE.test(name));
    for (const name of names.filter(name => META_FILE.test(name))) {
      const metaPath = join(bucketFolder(bucket), name);
      try {
        const { file, ...meta } = readMeta(metaPath, bucketFolder(bucket));
        dataFiles.set(metaPath, join(bucketFolder(bucket), file));
        needed.add(file);
        restore({ ...meta, lastModified: new Date(meta.lastModified), body: Buffer.alloc(0) });
      } catch (error) {
        damaged.add(name.slice(0, HASH_LENGTH));
        log(`${(error as Error).message} Its object is left out; its files stay until it is written again.`);
      }
    }
    const unneeded = names.filter(
      name =>
        !META_FILE.test(name) &&
        !needed.has(name) &&
        (name.endsWith('.tmp') || !damaged.has(name.slice(0, HASH_LENGTH))),
    );
    for (const name of unneeded) removeUnneeded(join(bucketFolder(bucket), name));
  }

  return {
    insertBucket: bucket => mkdirSync(bucketFolder(bucket), { recursive: true }),
    deleteBucket: bucket => rmSync(bucketFolder(bucket), { recursive: true, force: true }),
    upsertObject,
    deleteObject,
    readBody: (bucket, key) => bodyOf(dataFiles.get(metaFile(bucket, key)) ?? ''),
    loadS3(store) {
      // File managers leave files of their own; names of buckets do not begin with a dot.
      const buckets = readdirSync(folder, { withFileTypes: true }).filter(
        entry => entry.isDirectory() && !entry.name.startsWith('.'),
      );
      for (const { name } of buckets) {
        store.createBucket(name);
        loadBucket(name, object => store.restoreObject(name, object));
      }
    },
  };
}

/** The bytes of a file where fauxqs expects a Buffer. */
export function bodyOf(file: string): Buffer {
  const { size } = statSync(file);
  if (size < STREAMED_FROM_BYTES) return readFileSync(file);
  return fileBytes({ file, start: 0, length: size }) as unknown as Buffer;
}

/** @throws Error with the file's name, unless it is the metadata of an object whose bytes are there */
function readMeta(metaPath: string, folder: string): Meta & { readonly file: string } {
  let meta: Meta | null;
  try {
    meta = JSON.parse(readFileSync(metaPath, 'utf8')) as Meta | null;
  } catch (cause) {
    throw new Error(`Expected JSON in ${metaPath} but it cannot be read (${(cause as Error).message}).`, {
      cause,
    });
  }
  if (typeof meta?.key !== 'string' || !metaPath.endsWith(hashOf(meta.key) + META_SUFFIX)) {
    throw new Error(`Expected the metadata of an object in ${metaPath} but received something else.`);
  }
  const file = meta.file ?? `${hashOf(meta.key)}-${readableEnd(meta.key)}`;
  const size = statSync(join(folder, file), { throwIfNoEntry: false })?.size;
  if (size !== meta.contentLength) {
    const found = size === undefined ? 'there is no such file' : `it has ${size}`;
    throw new Error(`Expected ${meta.contentLength} bytes in ${join(folder, file)} but ${found}.`);
  }
  return { ...meta, file };
}

/** What cannot be removed now is removed at the next start. */
function removeUnneeded(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // The change itself succeeded.
  }
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, HASH_LENGTH);
}

/** At most 60 ASCII characters, for people who look into the folder. */
function readableEnd(key: string): string {
  return (key.split('/').at(-1) ?? '').replaceAll(/[^A-Za-z0-9._-]+/g, '_').slice(-60);
}
