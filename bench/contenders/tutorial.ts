/**
 * The function that the tutorials on Lambda thumbnails show, in Node with sharp and AWS's own client, for messages of a queue:
 * one record after the other.
 */
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { S3Event, SQSEvent } from 'aws-lambda';
import sharp from 'sharp';

const s3 = new S3Client({});

export async function handler(event: SQSEvent): Promise<void> {
  for (const message of event.Records) {
    for (const { s3: named } of (JSON.parse(message.body) as S3Event).Records) {
      const [Bucket, Key] = [named.bucket.name, decodeURIComponent(named.object.key.replaceAll('+', ' '))];
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      const source = Buffer.from((await Body?.transformToByteArray()) ?? []);
      const thumbnail = await sharp(source).rotate().resize(200, 200, { fit: 'inside' }).jpeg().toBuffer();
      await s3.send(new PutObjectCommand({ Bucket, Key: `thumbnails/${Key}`, Body: thumbnail }));
    }
  }
}
