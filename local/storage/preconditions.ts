import type { IncomingHttpHeaders } from 'node:http';
import type { S3Object } from './fauxqs';
import { notServed, type Refusal } from './refusals';

/**
 * The refusal of a conditional write; undefined when its conditions hold. S3 takes `If-None-Match: *` (only where
 * there is no object) and `If-Match` (only in place of the object with this ETag).
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 *
 * @param existing the object that the write would replace or remove
 */
export function failedPrecondition(
  { 'if-none-match': ifNoneMatch, 'if-match': ifMatch }: IncomingHttpHeaders,
  existing: S3Object | undefined,
): Refusal | undefined {
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch !== '*') return notServed('S3 takes no If-None-Match but * with a write.');
    if (existing) return NOT_HELD;
  }
  if (ifMatch !== undefined) {
    if (!existing) return { status: 404, code: 'NoSuchKey', sentence: 'The specified key does not exist.' };
    if (ifMatch !== '*' && withoutQuotes(ifMatch) !== withoutQuotes(existing.etag)) return NOT_HELD;
  }
  return undefined;
}

/** The same for conditions on the source of a copy; the AWS CLI sends them with each part. */
export function failedCopyPrecondition(headers: IncomingHttpHeaders, source: S3Object): Refusal | undefined {
  const ifMatch = headers['x-amz-copy-source-if-match'];
  const ifNoneMatch = headers['x-amz-copy-source-if-none-match'];
  const is = (etag: string | string[]) => withoutQuotes(String(etag)) === withoutQuotes(source.etag);
  const failed = (ifMatch !== undefined && !is(ifMatch)) || (ifNoneMatch !== undefined && is(ifNoneMatch));
  return failed ? NOT_HELD : undefined;
}

const NOT_HELD: Refusal = {
  status: 412,
  code: 'PreconditionFailed',
  sentence: 'At least one of the pre-conditions you specified did not hold',
};

function withoutQuotes(etag: string): string {
  return etag.replaceAll('"', '');
}
