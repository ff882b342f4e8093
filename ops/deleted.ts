import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { inParallel } from './in-parallel';
import type { Target } from './target';

/** Requests to S3 at a time, below the client's 50 connections. */
const REQUESTS = 32;

/** Which sources were deleted. */
export interface Deleted {
  readonly keys: ReadonlySet<string>;
  /** How many sources S3 did not answer for. */
  readonly unknown: number;
  /** Why not, for the first of them. */
  readonly why: string;
}

/** Asks S3 which of these sources are no longer in the bucket. */
export async function findDeleted(
  keys: Iterable<string>,
  { s3, bucket }: Pick<Target, 's3' | 'bucket'>,
  signal?: AbortSignal,
): Promise<Deleted> {
  const deleted = new Set<string>();
  const faults: string[] = [];
  await inParallel(new Set(keys), { atOnce: REQUESTS, signal }, async key => {
    try {
      await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    } catch (error) {
      const { name, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
      // S3 says 404 only to those who may list the bucket, and 403 to all others.
      if (name === 'NotFound' || name === 'NoSuchKey') deleted.add(key);
      else faults.push($metadata?.httpStatusCode === 403 ? 'no right to look' : name);
    }
  });
  return { keys: deleted, unknown: faults.length, why: faults[0] ?? '' };
}
