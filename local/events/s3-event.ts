import { randomBytes } from 'node:crypto';
import type { ObjectChange } from '../storage/objects';
import { bucketArn } from '../template/places';

let lastSequence = 0n;

/** The body of the message that S3 sends for one change, in version 2.1 of its event format. */
export function s3EventBody(change: ObjectChange, region: string): string {
  const { name, bucket, key, size, etag } = change;
  return JSON.stringify({
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: region,
        eventTime: new Date().toISOString(),
        eventName: name,
        userIdentity: { principalId: 'AWS:local' },
        requestParameters: { sourceIPAddress: '127.0.0.1' },
        responseElements: { 'x-amz-request-id': randomBytes(8).toString('hex').toUpperCase() },
        s3: {
          s3SchemaVersion: '1.0',
          configurationId: 'local',
          bucket: { name: bucket, ownerIdentity: { principalId: 'local' }, arn: bucketArn(bucket) },
          object: { key: encodeEventKey(key), size, eTag: etag, sequencer: nextSequencer() },
        },
      },
    ],
  });
}

/** The body of the message that S3 sends to a queue when a bucket is configured to notify it. */
export function s3TestEventBody(bucket: string): string {
  return JSON.stringify({
    Service: 'Amazon S3',
    Event: 's3:TestEvent',
    Time: new Date().toISOString(),
    Bucket: bucket,
    RequestId: randomBytes(8).toString('hex').toUpperCase(),
    HostId: 'local',
  });
}

/** S3's form encoding: a space becomes `+`; slashes, letters, digits and `-._*` stay; all else is percent-encoded. */
export function encodeEventKey(key: string): string {
  return encodeURIComponent(key)
    .replaceAll(/[!'()~]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
    .replaceAll('%2F', '/');
}

/** Grows with every change, also across restarts. S3 promises that sequencers of one key compare as text. */
function nextSequencer(): string {
  const now = BigInt(Date.now()) << 20n;
  lastSequence = now > lastSequence ? now : lastSequence + 1n;
  return lastSequence.toString(16).toUpperCase().padStart(18, '0');
}
