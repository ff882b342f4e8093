import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { inParallel } from '../in-parallel';
import type { Target } from '../target';
import { lookAt } from './source-etag';

/** Objects looked at and removed at a time, below the client's 50 connections. */
const AT_ONCE = 32;

/** What became of objects that were to be removed if they are thumbnails. */
export interface Removed {
  removed: number;
  /** Objects that we did not make: they stay. */
  kept: number;
  /** Could not be looked at or removed: they stay for now. */
  failed: number;
  /** Why not, for the first of them. */
  why: string;
}

/** Removes objects, each only if its metadata says that it is a thumbnail, and only as it was looked at. */
export async function removeThumbnails(
  keys: AsyncIterable<string>,
  options: { readonly target: Target; readonly signal: AbortSignal; readonly onOne: () => void },
): Promise<Removed> {
  const { target, signal, onOne } = options;
  const result: Removed = { removed: 0, kept: 0, failed: 0, why: '' };
  await inParallel(keys, { atOnce: AT_ONCE, signal }, async key => {
    try {
      const isRemoved = await removeThumbnail(key, target);
      if (isRemoved) result.removed++;
      else if (isRemoved === false) result.kept++;
    } catch (error) {
      result.failed++;
      result.why ||= `${(error as Error).name}: ${(error as Error).message}`;
    }
    onOne();
  });
  return result;
}

/** @returns false if it is no thumbnail, undefined if it is not there */
async function removeThumbnail(key: string, { s3, bucket }: Target): Promise<boolean | undefined> {
  const object = await lookAt(key, { s3, bucket });
  if (object === undefined) return undefined;
  if (object.sourceEtag === undefined) return false;
  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, IfMatch: object.etag }));
  return true;
}
