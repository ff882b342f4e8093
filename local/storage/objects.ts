import { AsyncLocalStorage } from 'node:async_hooks';
import { join } from 'node:path';
import type { Log } from '../signal';
import { type ObjectPersistence, S3Error, type S3Object, S3Store } from './fauxqs';
import { isFileBytes } from './file-bytes';
import { type FolderFiles, withFolders } from './folder-buckets';
import { createMultipartUploads, type MultipartUploads } from './multipart';
import { createObjectFiles } from './object-files';
import { createStaging, discard, type Staging, standInFor } from './staging';

/** A change of an object, named as in S3's events. */
export type ChangeName =
  | 'ObjectCreated:Put'
  | 'ObjectCreated:Post'
  | 'ObjectCreated:Copy'
  | 'ObjectCreated:CompleteMultipartUpload'
  | 'ObjectRemoved:Delete';

/** One change of one object. */
export interface ObjectChange {
  readonly name: ChangeName;
  readonly bucket: string;
  readonly key: string;
  /** Bytes; absent when the object was removed. */
  readonly size?: number;
  /** Without quotes; absent when the object was removed. */
  readonly etag?: string;
}

type Upload = 'ObjectCreated:Put' | 'ObjectCreated:Post' | 'ObjectCreated:Copy';

/** The kind of upload of the current request: fauxqs stores all kinds with one method. */
export const uploads = new AsyncLocalStorage<Upload>();

/** An object store on disk, with the staging area for bodies that are too large for memory. */
export type ObjectStore = S3Store & {
  readonly staging: Staging;
  /** To be awaited before a multipart upload is completed: see {@link MultipartUploads}. */
  readonly prepare: MultipartUploads['prepare'];
  close(): void;
};

/**
 * An object store on disk that reports every change, once, before its request is answered and just before the change is
 * final: no crash can lose the report. If the listener throws, nothing changes.
 *
 * @param options.folder where the objects are kept
 * @param options.existing folders of the user's whose files are the objects of buckets, by the bucket's name, and a folder
 *   for what is known of those files
 * @param options.log is told about files that cannot be read
 */
export function createObjectStore({
  folder,
  existing,
  onChange,
  log,
}: {
  readonly folder: string;
  readonly existing?: { readonly folders: ReadonlyMap<string, string>; readonly state: string };
  readonly onChange: (change: ObjectChange) => void;
  readonly log: Log;
}): ObjectStore {
  const staging = createStaging(join(folder, '.staging'));
  const deleting = (bucket: string, key: string) => onChange({ name: 'ObjectRemoved:Delete', bucket, key });
  const ownFiles = createObjectFiles({
    folder,
    log,
    deleting,
    writing(bucket, { key, contentLength: size, etag, parts }) {
      const name = parts
        ? 'ObjectCreated:CompleteMultipartUpload'
        : (uploads.getStore() ?? 'ObjectCreated:Put');
      onChange({ name, bucket, key, size, etag: etag.replaceAll('"', '') });
    },
  });
  const { folders = new Map(), state = '' } = existing ?? {};
  const files = withFolders(ownFiles, { folders, state, deleting, log });
  const store = new DiskStore(files, staging);
  files.loadS3(store);
  store.persistence = persistenceOf(files);
  return store;
}

class DiskStore extends S3Store implements ObjectStore {
  readonly #files: FolderFiles;
  readonly #multipart: MultipartUploads;
  readonly staging: Staging;

  constructor(files: FolderFiles, staging: Staging) {
    super();
    this.#files = files;
    this.staging = staging;
    this.#multipart = createMultipartUploads(staging);
  }

  prepare(...args: Parameters<MultipartUploads['prepare']>): Promise<void> {
    return this.#multipart.prepare(...args);
  }

  close(): void {
    this.#files.close();
  }

  override headObject(...args: Parameters<S3Store['headObject']>): S3Object {
    this.#files.refresh(this, ...args);
    return super.headObject(...args);
  }

  override getObject(...args: Parameters<S3Store['getObject']>): S3Object {
    this.#files.refresh(this, ...args);
    return super.getObject(...args);
  }

  override putObject(...[bucket, key, body, ...rest]: Parameters<S3Store['putObject']>): S3Object {
    // A copy has the bytes of another object: a part of its file if it is large.
    const own = isFileBytes(body) ? standInFor(this.staging.join([body])) : body;
    try {
      return super.putObject(bucket, key, own, ...rest);
    } finally {
      discard(own);
    }
  }

  override deleteObject(bucket: string, key: string): void {
    // First on disk: if that fails, the object is still there.
    if (this.hasBucket(bucket)) this.#files.deleteObject(bucket, key);
    super.deleteObject(bucket, key);
  }

  override createMultipartUpload(...args: Parameters<S3Store['createMultipartUpload']>): string {
    const uploadId = super.createMultipartUpload(...args);
    this.#multipart.start(uploadId, args);
    return uploadId;
  }

  override uploadPart(...args: Parameters<S3Store['uploadPart']>): ReturnType<S3Store['uploadPart']> {
    const [uploadId, number, body, checksum] = args;
    const staged = isFileBytes(body) ? this.staging.join([body]) : this.staging.keep(body);
    this.#multipart.addPart(uploadId, { number, staged, checksum });
    return { etag: `"${staged.etag}"`, ...(checksum && { checksumValue: checksum }) };
  }

  override completeMultipartUpload(...args: Parameters<S3Store['completeMultipartUpload']>): S3Object {
    const [uploadId] = args;
    const { bucket, staged, object } = this.#multipart.join(...args);
    const body = standInFor(staged);
    try {
      this.#files.upsertObject(bucket, { ...object, body });
    } finally {
      discard(body);
    }
    const kept = { ...object, body: Buffer.alloc(0) };
    this.restoreObject(bucket, kept);
    this.abortMultipartUpload(uploadId);
    return kept;
  }

  override abortMultipartUpload(uploadId: string): void {
    super.abortMultipartUpload(uploadId);
    this.#multipart.forget(uploadId);
  }

  /** Of directory buckets, which are not served. */
  override renameObject(): void {
    throw new S3Error('NotImplemented', 'The local cloud renames no objects: copy and delete.', 501);
  }

  /**
   * S3 lists keys, and continues after a key, in the order of their UTF-8 bytes; fauxqs mixes two other orders, and sorts a
   * whole bucket for each page.
   */
  override listObjects(...args: Parameters<S3Store['listObjects']>): ReturnType<S3Store['listObjects']> {
    const [bucket, { prefix = '', delimiter, maxKeys = 1000, startAfter, marker } = {}] = args;
    const { buckets } = this as unknown as { readonly buckets: ReadonlyMap<string, Map<string, S3Object>> };
    const objects = buckets.get(bucket);
    if (!objects) throw new S3Error('NoSuchBucket', `The specified bucket does not exist: ${bucket}`, 404);
    return pageOf(objects.values(), { prefix, delimiter, maxKeys, after: startAfter ?? marker ?? '' });
  }
}

function persistenceOf(files: FolderFiles): ObjectPersistence {
  const persistence: Partial<ObjectPersistence> = {
    ...files,
    // Done before fauxqs forgets the object.
    deleteObject: nothing,
    insertMultipartUpload: nothing,
    deleteMultipartUpload: nothing,
    saveBucketLifecycleConfiguration: nothing,
    deleteBucketLifecycleConfiguration: nothing,
  };
  return persistence as ObjectPersistence;
}

function nothing(): void {
  // Not kept on disk, or kept by us.
}

interface Page {
  readonly prefix: string;
  readonly delimiter: string | undefined;
  readonly maxKeys: number;
  readonly after: string;
}

function pageOf(
  objects: Iterable<S3Object>,
  { prefix, delimiter, maxKeys, after }: Page,
): ReturnType<S3Store['listObjects']> {
  const sorted: S3Object[] = [];
  for (const object of objects) {
    if (object.key.startsWith(prefix) && (after === '' || byBytes(object.key, after) > 0))
      sorted.push(object);
  }
  sorted.sort((a, b) => byBytes(a.key, b.key));
  const page: S3Object[] = [];
  const commonPrefixes = new Set<string>();
  for (const object of sorted) {
    const end = delimiter ? object.key.indexOf(delimiter, prefix.length) : -1;
    const common = end < 0 ? undefined : object.key.slice(0, end + (delimiter?.length ?? 0));
    if (common !== undefined && (common === after || commonPrefixes.has(common))) continue;
    if (page.length + commonPrefixes.size >= maxKeys) {
      return { objects: page, commonPrefixes: [...commonPrefixes], isTruncated: true };
    }
    if (common === undefined) page.push(object);
    else commonPrefixes.add(common);
  }
  return { objects: page, commonPrefixes: [...commonPrefixes], isTruncated: false };
}

/** The order of UTF-8 bytes is that of JavaScript's strings, but for characters beyond U+FFFF. */
function byBytes(a: string, b: string): number {
  if (BEYOND.test(a) || BEYOND.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

const BEYOND = /[\ud800-\udfff]/;
