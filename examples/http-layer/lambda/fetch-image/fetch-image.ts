import { type Answer, refusal } from '../http/answer';
import { RequestProblem } from '../http/request-problem';
import type { Download } from './download';
import type { Put } from './store';

/** What the function is called with. Whoever calls may send anything, so nothing is taken for granted. */
export interface FetchImageEvent {
  /** Of an image; https. */
  readonly url?: unknown;
  /** Where in the bucket it is to be. */
  readonly key?: unknown;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const MAX_KEY_BYTES = 1024;

/** Fetches an image into the bucket, which then sees to its thumbnail. */
export async function fetchImage(
  event: FetchImageEvent,
  parts: {
    readonly thumbnailPrefixes: readonly string[];
    readonly download: (url: URL) => Promise<Download>;
    readonly put: Put;
  },
): Promise<Answer> {
  try {
    const url = urlOf(event?.url);
    const key = keyOf(event?.key, parts.thumbnailPrefixes);
    const { bytes, contentType } = await parts.download(url);
    await parts.put(key, { bytes, contentType });
    return { statusCode: 200, body: { key, bytes: bytes.byteLength, contentType } };
  } catch (error) {
    return refusal(error);
  }
}

function urlOf(value: unknown): URL {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  if (url) return url;
  throw refused('a URL for url', value);
}

function keyOf(value: unknown, thumbnailPrefixes: readonly string[]): string {
  const isKey = typeof value === 'string' && value !== '' && Buffer.byteLength(value) <= MAX_KEY_BYTES;
  if (!isKey) throw refused(`a text of 1 to ${MAX_KEY_BYTES} bytes for key`, value);
  const prefix = thumbnailPrefixes.find(one => value.startsWith(one));
  if (prefix !== undefined) throw refused(`a key outside of the thumbnails' ${prefix}`, value);
  return value;
}

function refused(what: string, value: unknown): RequestProblem {
  const received = JSON.stringify(value)?.slice(0, 200) ?? 'nothing';
  return new RequestProblem(`Expected ${what} but received ${received}.`, { statusCode: 400 });
}
