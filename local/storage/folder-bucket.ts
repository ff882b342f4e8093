import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import type { Log } from '../signal';
import { S3Error, type S3Object } from './fauxqs';
import { factsOf, scanFolder } from './folder-scan';
import { type Known, synced } from './folder-sync';
import { openJsonLines, readJsonLines, replaceJsonLines } from './json-lines';

/** With more lines than this nobody reads them. */
const MAX_LINES = 20;

/** A bucket whose objects are the files below a folder, unless they are written or deleted through S3. */
export interface FolderBucket {
  /** The objects that are files at the start. */
  readonly objects: readonly S3Object[];
  /** Files that are new or changed since the last start: objects of these keys that S3 wrote before are out of date. */
  readonly news: ReadonlySet<string>;
  /** The file that is the object now; undefined for any other object, and where there is none. */
  pathOf(key: string): string | undefined;
  /**
   * Looks at the file of an object again, which may have changed since.
   *
   * @returns its object if it has
   * @throws S3Error if it is gone
   */
  refresh(key: string): S3Object | undefined;
  /** The object has bytes of its own now. */
  replace(key: string): void;
  /** The object is deleted, also at the next starts, unless the file changes. The file stays. */
  remove(key: string): void;
  close(): void;
}

/**
 * Opens a folder as a bucket. It is only read, and none of it is copied.
 *
 * @param options.state a file for what is known of the folder's files
 * @param options.own the keys of the objects that were written through S3; they count as long as their file does not change
 * @param options.log is told what in the folder is no object
 */
export function openFolderBucket({
  bucket,
  folder,
  state,
  own,
  log,
}: {
  readonly bucket: string;
  readonly folder: string;
  readonly state: string;
  readonly own: ReadonlySet<string>;
  readonly log: Log;
}): FolderBucket {
  const before = new Map(readJsonLines(state, { isEntry: isKnown, log }).map(one => [one.key, one]));
  const known = new Map<string, Known>();
  const paths = new Map<string, string>();
  const news = new Set<string>();
  const { files, leftOut } = scanFolder(folder);
  const options = { isFirst: before.size === 0, now: Date.now() };
  for (const file of files) {
    const { isNews, known: facts } = synced(file, { ...options, before: before.get(file.key) });
    known.set(file.key, facts);
    if (isNews) news.add(file.key);
    if (isNews || !(facts.deleted || own.has(file.key))) paths.set(file.key, file.path);
  }
  replaceJsonLines(state, [...known.values()]);
  const lines = openJsonLines<Known>(state);
  for (const { path, why } of leftOut.slice(0, MAX_LINES)) log(`${path} is not in ${bucket}: it ${why}.`);
  const more = leftOut.length - MAX_LINES;
  if (more > 0) log(`${more} more files below ${folder} are not in ${bucket}, for such reasons.`);

  return {
    news,
    objects: [...paths.keys()].flatMap(key => known.get(key) ?? []).map(objectOf),
    pathOf: key => paths.get(key),
    refresh(key) {
      const path = paths.get(key);
      if (path === undefined) return undefined;
      const stats = statSync(path, { throwIfNoEntry: false });
      if (!stats) throw new S3Error('NoSuchKey', 'The specified key does not exist.', 404);
      const file = { key, path, ...factsOf(stats) };
      const { isNews, known: facts } = synced(file, {
        before: known.get(key),
        isFirst: false,
        now: Date.now(),
      });
      if (!isNews) return undefined;
      known.set(key, facts);
      return objectOf(facts);
    },
    replace: key => void paths.delete(key),
    remove(key) {
      const facts = known.get(key);
      if (facts) lines.write({ ...facts, deleted: true });
      paths.delete(key);
    },
    close: lines.close,
  };
}

/**
 * The ETag has the form of an upload in one part, which nobody takes for the MD5 of the bytes: to read them all at the
 * start would take hours for a large folder.
 */
function objectOf({ key, size, modified, lastModified }: Known): S3Object {
  const hash = createHash('md5')
    .update(JSON.stringify([key, size, modified]))
    .digest('hex');
  return {
    key,
    body: Buffer.alloc(0),
    contentType: 'application/octet-stream',
    contentLength: size,
    etag: `"${hash}-1"`,
    lastModified: new Date(lastModified),
    metadata: {},
  };
}

function isKnown(value: unknown): value is Known {
  const { key, modified } = (value ?? {}) as Partial<Known>;
  return typeof key === 'string' && typeof modified === 'number';
}
