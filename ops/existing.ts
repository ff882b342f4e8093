import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { inParallel } from './in-parallel';
import type { Target } from './target';

/** Requests to S3 at a time, below the client's 50 connections. */
const REQUESTS = 32;

/** Which sources are gone, and why some could not be looked at. */
export interface Looked {
  readonly gone: ReadonlySet<string>;
  /** Sources of which S3 did not say whether they are there. */
  readonly unknown: number;
  /** What S3 said instead, of the first of them. */
  readonly why: string;
}

/** Looks whether sources are still in the bucket. */
export async function lookFor(
  keys: Iterable<string>,
  { s3, bucket }: Pick<Target, 's3' | 'bucket'>,
  signal?: AbortSignal,
): Promise<Looked> {
  const gone = new Set<string>();
  const faults: string[] = [];
  await inParallel(new Set(keys), { atOnce: REQUESTS, signal }, async key => {
    try {
      await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    } catch (error) {
      const { name, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
      // S3 says 404 only to those who may list the bucket, and 403 to all others.
      if (name === 'NotFound' || name === 'NoSuchKey') gone.add(key);
      else faults.push($metadata?.httpStatusCode === 403 ? 'no right to look' : name);
    }
  });
  return { gone, unknown: faults.length, why: faults[0] ?? '' };
}
