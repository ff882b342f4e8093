import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { SOURCE_ETAG } from '../../lambda/thumbnail/model/keys';
import type { Target } from '../target';

/** What the metadata of a thumbnail says of its source; undefined if the object is no thumbnail or is gone. */
export async function sourceEtagOf(key: string, { s3, bucket }: Target): Promise<string | undefined> {
  return (await lookAt(key, { s3, bucket }))?.sourceEtag;
}

/** An object as it is; undefined if it is gone. */
export async function lookAt(
  key: string,
  { s3, bucket }: Pick<Target, 's3' | 'bucket'>,
): Promise<{ readonly etag: string | undefined; readonly sourceEtag: string | undefined } | undefined> {
  try {
    const { ETag, Metadata } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return { etag: ETag, sourceEtag: Metadata?.[SOURCE_ETAG] };
  } catch (error) {
    if (/^(NotFound|NoSuchKey)$/.test((error as Error).name)) return undefined;
    throw error;
  }
}
