import { S3Client } from '@aws-sdk/client-s3';
import type { Answer } from '../http/answer';
import { download } from './download';
import { ENVIRONMENT } from './environment';
import { type FetchImageEvent, fetchImage } from './fetch-image';
import { publicOnlyAgent } from './public-only-agent';
import { putInto } from './store';

const thumbnailPrefixes: readonly string[] = JSON.parse(process.env[ENVIRONMENT.thumbnailPrefixes] as string);
const put = putInto(process.env[ENVIRONMENT.bucket] as string, new S3Client());
const dispatcher = publicOnlyAgent({ hosts: JSON.parse(process.env[ENVIRONMENT.hosts] ?? '{}') });

/** The function: `{ "url": "https://…", "key": "…" }`. */
export function handler(event: FetchImageEvent): Promise<Answer> {
  return fetchImage(event, {
    thumbnailPrefixes,
    put,
    download: url =>
      download(url, { dispatcher, timeoutMs: 20_000, maxBytes: 50 * 1024 * 1024, maxRedirects: 5 }),
  });
}
