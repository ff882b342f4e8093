import {
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  type ListObjectsV2CommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { decodeEventKey } from '../../thumbnail/model/keys';
import { sortable } from './key-order';
import type { Listed, Wanted } from './listed';

/** Behind all keys that begin with a folder, by the last character that there is. */
const LAST_CHARACTER = '\u{10ffff}';

/** Where a page begins; the first one of all without both. */
type Start = Pick<ListObjectsV2CommandInput, 'StartAfter' | 'ContinuationToken'>;

/**
 * Lists objects of a bucket, in S3's order and pages (1,000 objects at most). The next page is asked for while the last one is in
 * use; the folders of `except` cost one page at most, however much they hold.
 *
 * @throws what S3 answers, after the client's own tries
 */
export async function* listObjects(
  { s3, bucket }: { readonly s3: S3Client; readonly bucket: string },
  wanted: Wanted,
): AsyncGenerator<readonly Listed[], void, undefined> {
  const stopped = new AbortController();
  const ask = (start: Start) => {
    // Keys of control characters cannot stand in XML as they are.
    const input = { Bucket: bucket, Prefix: wanted.prefix, EncodingType: 'url', ...start } as const;
    const answer = s3.send(new ListObjectsV2Command(input), { abortSignal: stopped.signal });
    // It is waited for later, or no more: until then its failure is nobody's.
    answer.catch(() => {});
    return answer;
  };
  try {
    let asked: ReturnType<typeof ask> | undefined = ask({ StartAfter: wanted.after });
    while (asked) {
      const answer: ListObjectsV2CommandOutput = await asked;
      const objects = objectsOf(answer);
      const next = startBehind(objects.at(-1)?.key, answer, wanted);
      asked = next && ask(next);
      const page = objects.filter(({ key }) => isWanted(key, wanted));
      if (page.length > 0) yield page;
    }
  } finally {
    stopped.abort();
  }
}

/** Where the page begins that follows one with this last key; undefined if none is needed. */
function startBehind(
  last: string | undefined,
  { NextContinuationToken: token }: ListObjectsV2CommandOutput,
  { upTo, except = [] }: Wanted,
): Start | undefined {
  if (token === undefined) return undefined;
  if (last === undefined) return { ContinuationToken: token };
  if (upTo !== undefined && sortable(last) >= sortable(upTo)) return undefined;
  const folder = except.find(one => last.startsWith(one));
  const end = folder && folder + LAST_CHARACTER;
  return end && sortable(last) < sortable(end) ? { StartAfter: end } : { ContinuationToken: token };
}

function isWanted(key: string, { upTo, except = [] }: Wanted): boolean {
  if (upTo !== undefined && sortable(key) > sortable(upTo)) return false;
  return !except.some(folder => key.startsWith(folder));
}

function objectsOf({ Contents = [] }: ListObjectsV2CommandOutput): readonly Listed[] {
  return Contents.map(({ Key = '', LastModified, Size = 0, ETag = '' }) => ({
    key: decodeEventKey(Key),
    lastModified: LastModified?.getTime() ?? 0,
    size: Size,
    etag: ETag,
  }));
}
