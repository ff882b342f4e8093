import { randomBytes, randomUUID } from 'node:crypto';
import type { ChangeName, ObjectChange } from '../storage/objects';
import { bucketArn, type Location } from '../template/places';
import type { BusEvent } from './event-bus';

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
        responseElements: { 'x-amz-request-id': requestId() },
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

/** What S3's events in EventBridge call the request that made a change. */
const REASONS: Readonly<Record<ChangeName, string>> = {
  'ObjectCreated:Put': 'PutObject',
  'ObjectCreated:Post': 'POST Object',
  'ObjectCreated:Copy': 'CopyObject',
  'ObjectCreated:CompleteMultipartUpload': 'CompleteMultipartUpload',
  'ObjectRemoved:Delete': 'DeleteObject',
};

/**
 * The event that S3 sends to EventBridge for one change. Unlike in {@link s3EventBody} the key is as it is.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
export function s3BusEvent(change: ObjectChange, { region, account }: Location): BusEvent {
  const { name, bucket, key, size, etag } = change;
  const isDeleted = name === 'ObjectRemoved:Delete';
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': isDeleted ? 'Object Deleted' : 'Object Created',
    source: 'aws.s3',
    account,
    time: `${new Date().toISOString().slice(0, 19)}Z`,
    region,
    resources: [bucketArn(bucket)],
    detail: {
      version: '0',
      'event-version': '1.0',
      bucket: { name: bucket },
      object: { key, ...(!isDeleted && { size, etag }), sequencer: nextSequencer() },
      'request-id': requestId(),
      requester: account,
      'source-ip-address': '127.0.0.1',
      reason: REASONS[name],
      ...(isDeleted && { 'deletion-type': 'Permanently Deleted' }),
    },
  };
}

/** The body of the message that S3 sends to a queue when a bucket is configured to notify it. */
export function s3TestEventBody(bucket: string): string {
  return JSON.stringify({
    Service: 'Amazon S3',
    Event: 's3:TestEvent',
    Time: new Date().toISOString(),
    Bucket: bucket,
    RequestId: requestId(),
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

function requestId(): string {
  return randomBytes(8).toString('hex').toUpperCase();
}

/** Grows with every change, also across restarts. S3 promises that sequencers of one key compare as text. */
function nextSequencer(): string {
  const now = BigInt(Date.now()) << 20n;
  lastSequence = now > lastSequence ? now : lastSequence + 1n;
  return lastSequence.toString(16).toUpperCase().padStart(18, '0');
}
