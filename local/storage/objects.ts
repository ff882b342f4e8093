import { AsyncLocalStorage } from 'node:async_hooks';
import { loadFauxqs, type S3Object, type S3Store } from './fauxqs';
import { createObjectFiles } from './object-files';

/** What happened to an object, in the words of S3's event names. */
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

/** Says of the request in hand what kind of upload it is: fauxqs stores all of them by one method. */
export const uploads = new AsyncLocalStorage<Upload>();

/**
 * An object store on disk that reports every change, once, before the request that made it is answered.
 *
 * @param folder where the objects are kept
 */
export function createObjectStore(folder: string, onChange: (change: ObjectChange) => void): S3Store {
  const { S3Store } = loadFauxqs();

  class ReportingStore extends S3Store {
    override putObject(...args: Parameters<S3Store['putObject']>): S3Object {
      const object = super.putObject(...args);
      report(uploads.getStore() ?? 'ObjectCreated:Put', args[0], object);
      return object;
    }

    override completeMultipartUpload(...args: Parameters<S3Store['completeMultipartUpload']>): S3Object {
      const bucket = bucketOfUpload.get(args[0]) ?? '';
      const object = super.completeMultipartUpload(...args);
      bucketOfUpload.delete(args[0]);
      report('ObjectCreated:CompleteMultipartUpload', bucket, object);
      return object;
    }

    override createMultipartUpload(...args: Parameters<S3Store['createMultipartUpload']>): string {
      const uploadId = super.createMultipartUpload(...args);
      bucketOfUpload.set(uploadId, args[0]);
      return uploadId;
    }

    override abortMultipartUpload(uploadId: string): void {
      super.abortMultipartUpload(uploadId);
      bucketOfUpload.delete(uploadId);
    }

    override deleteObject(bucket: string, key: string): void {
      const existed = this.hasBucket(bucket) && this.hasObject(bucket, key);
      super.deleteObject(bucket, key);
      if (existed) onChange({ name: 'ObjectRemoved:Delete', bucket, key });
    }

    /** S3 lists in the order of UTF-8 bytes and goes on after a key in that order; fauxqs mixes two other orders. */
    override listObjects(...args: Parameters<S3Store['listObjects']>): ReturnType<S3Store['listObjects']> {
      const [bucket, { prefix = '', delimiter, maxKeys = 1000, startAfter, marker } = {}] = args;
      const { objects } = super.listObjects(bucket, { prefix, maxKeys: Number.POSITIVE_INFINITY });
      return pageOf(objects, { prefix, delimiter, maxKeys, after: startAfter ?? marker ?? '' });
    }

    private hasObject(bucket: string, key: string): boolean {
      try {
        return Boolean(this.headObject(bucket, key));
      } catch {
        return false;
      }
    }
  }

  const bucketOfUpload = new Map<string, string>();

  function report(name: ChangeName, bucket: string, { key, contentLength, etag }: S3Object): void {
    onChange({ name, bucket, key, size: contentLength, etag: etag.replaceAll('"', '') });
  }

  const store = new ReportingStore();
  const files = createObjectFiles(folder);
  files.loadS3(store);
  store.persistence = files;
  return store;
}

interface Page {
  readonly prefix: string;
  readonly delimiter: string | undefined;
  readonly maxKeys: number;
  readonly after: string;
}

function pageOf(
  objects: readonly S3Object[],
  { prefix, delimiter, maxKeys, after }: Page,
): ReturnType<S3Store['listObjects']> {
  const start = Buffer.from(after);
  const sorted = objects
    .map(object => ({ object, bytes: Buffer.from(object.key) }))
    .filter(({ bytes }) => Buffer.compare(bytes, start) > 0 || after === '')
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes));
  const page: S3Object[] = [];
  const commonPrefixes = new Set<string>();
  for (const { object } of sorted) {
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
