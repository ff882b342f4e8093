import { readFile } from 'node:fs/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { inParallel } from '../in-parallel';
import type { Target } from '../target';
import type { Source } from './source';

/** Uploads at once: enough to keep the function busy, few enough to leave the CPU to it. */
const UPLOADS = 4;

/**
 * Uploads the sources as a user would. What goes wrong with one file is its failure.
 *
 * @throws what the client throws when the endpoint does not answer
 */
export async function upload(
  sources: readonly Source[],
  { target: { s3, bucket }, signal }: { readonly target: Target; readonly signal: AbortSignal },
): Promise<void> {
  await inParallel(sources, { atOnce: UPLOADS, signal }, async source => {
    try {
      const Body = await readFile(source.path);
      const since = Date.now();
      const { ETag = '' } = await s3.send(new PutObjectCommand({ Bucket: bucket, Key: source.key, Body }));
      source.uploaded = { etag: ETag, since };
    } catch (error) {
      if (!isAboutTheFile(error)) throw error;
      source.failure = `It could not be uploaded: ${(error as Error).message}`;
    }
  });
}

/** Reading the file failed, or S3 refused it; all else is about the connection. */
function isAboutTheFile(error: unknown): boolean {
  const { syscall, $metadata } = error as NodeJS.ErrnoException & {
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  return syscall === 'open' || syscall === 'read' || $metadata?.httpStatusCode !== undefined;
}
