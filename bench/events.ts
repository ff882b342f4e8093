import { statSync } from 'node:fs';
import { basename } from 'node:path';
import type { S3Event } from 'aws-lambda';
import { encodeEventKey } from '../local/events/s3-event';

/** Where the photos are said to be. */
export const BUCKET = 'photos';

/** The event of a photo in the bucket, as far as functions look at it. */
export function s3Event(photo: string): Pick<S3Event, 'Records'> {
  const object = { key: encodeEventKey(basename(photo)), size: statSync(photo).size };
  const record = { eventName: 'ObjectCreated:Put', s3: { bucket: { name: BUCKET }, object } };
  return { Records: [record as S3Event['Records'][number]] };
}

/** A batch of the queue's messages, one a photo. */
export function sqsEvent(photos: readonly string[]): object {
  const attributes = { ApproximateReceiveCount: '1' };
  const record = (photo: string, i: number) => ({
    messageId: `${i}`,
    attributes,
    body: JSON.stringify(s3Event(photo)),
  });
  return { Records: photos.map(record) };
}
