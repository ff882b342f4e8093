import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

/** Puts an object; faults of S3 are thrown as they come. */
export type Put = (
  key: string,
  object: { readonly bytes: Uint8Array; readonly contentType: string },
) => Promise<void>;

export function putInto(bucket: string, client: S3Client): Put {
  return async (key, { bytes, contentType }) => {
    await client.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, ContentType: contentType }),
    );
  };
}
