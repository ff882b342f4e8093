import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../signal';
import type { S3Store } from './fauxqs';
import { type FolderBucket, openFolderBucket } from './folder-bucket';
import { bodyOf, type ObjectFiles } from './object-files';

/** Object files, some of them in folders of the user's. */
export interface FolderFiles extends ObjectFiles {
  /**
   * To be called before an object is looked at: its file may have changed.
   *
   * @throws S3Error if it is gone
   */
  refresh(store: S3Store, bucket: string, key: string): void;
  close(): void;
}

/**
 * Lets the files below folders be objects of buckets, see {@link FolderBucket}. What is new, changed or gone in a folder
 * since the last start becomes so in its bucket when the store is loaded, without an event: nobody listens yet.
 *
 * @param files keeps what is written through S3
 * @param options.folders by bucket
 * @param options.state a folder for what is known of the files
 * @param options.deleting called just before an object that is a file is deleted
 * @param options.log is told what in the folders is no object
 */
export function withFolders(
  files: ObjectFiles,
  {
    folders,
    state,
    deleting,
    log,
  }: {
    readonly folders: ReadonlyMap<string, string>;
    readonly state: string;
    readonly deleting: (bucket: string, key: string) => void;
    readonly log: Log;
  },
): FolderFiles {
  const buckets = new Map<string, FolderBucket>();

  function load(store: S3Store, bucket: string, folder: string): void {
    mkdirSync(state, { recursive: true });
    store.createBucket(bucket);
    files.insertBucket(bucket, new Date(), 'general-purpose');
    const { objects } = store.listObjects(bucket, { maxKeys: Number.POSITIVE_INFINITY });
    const own = new Set(objects.map(({ key }) => key));
    const opened = openFolderBucket({ bucket, folder, state: join(state, `${bucket}.jsonl`), own, log });
    for (const key of own) if (opened.news.has(key)) files.deleteObject(bucket, key);
    for (const object of opened.objects) store.restoreObject(bucket, object);
    buckets.set(bucket, opened);
  }

  return {
    ...files,
    loadS3(store) {
      files.loadS3(store);
      for (const [bucket, folder] of folders) load(store, bucket, folder);
    },
    readBody(bucket, key) {
      const path = buckets.get(bucket)?.pathOf(key);
      return path === undefined ? files.readBody(bucket, key) : bodyOf(path);
    },
    upsertObject(bucket, object) {
      files.upsertObject(bucket, object);
      buckets.get(bucket)?.replace(object.key);
    },
    deleteObject(bucket, key) {
      const folder = buckets.get(bucket);
      if (folder?.pathOf(key) !== undefined) deleting(bucket, key);
      folder?.remove(key);
      files.deleteObject(bucket, key);
    },
    refresh(store, bucket, key) {
      const object = buckets.get(bucket)?.refresh(key);
      if (object) store.restoreObject(bucket, object);
    },
    close() {
      for (const folder of buckets.values()) folder.close();
    },
  };
}
