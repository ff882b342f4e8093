import type { EventBridgeEvent, S3Event, S3EventRecord, SQSEvent } from 'aws-lambda';
import { decodeEventKey } from './keys';

/** An object of a bucket. Which event named it does not matter: its state is read anew. */
export interface SourceRef {
  readonly bucket: string;
  readonly key: string;
}

/** What S3 sends once to a queue that it begins to notify. */
interface S3TestEvent {
  readonly Event: 's3:TestEvent';
}

/**
 * What S3 sends to EventBridge, as far as it is read here. The key is not encoded.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
type BridgeEvent = EventBridgeEvent<
  'Object Created' | 'Object Deleted',
  {
    readonly bucket: { readonly name: string };
    readonly object: { readonly key: string; readonly size?: number };
  }
>;

/** A source to look at, with the event that named it: the event alone is enough to process it again. */
export interface SourceEvent extends SourceRef {
  readonly event: unknown;
  /** Its size in bytes by the event, which may be out of date; 0 for a deletion. */
  readonly size: number;
  /** Whether the event tells that it is gone, which may be out of date too. */
  readonly isRemoval: boolean;
}

/** Every form in which the function is called. */
export type FunctionEvent = SQSEvent | S3Event | BridgeEvent | S3TestEvent;

/** Whether a call brings a batch of queue messages, which wants an answer for each message. */
export function isQueueEvent(event: FunctionEvent): event is SQSEvent {
  const records = (event as Partial<SQSEvent> | null)?.Records;
  return Array.isArray(records) && records.every(record => typeof record?.messageId === 'string');
}

/**
 * The sources named by an event of S3, in the form that it has for queues and functions or in that of EventBridge. S3's test
 * event names none.
 *
 * @throws Error for anything else; the message says what was expected
 */
export function sourcesOf(event: unknown): SourceEvent[] {
  if (isS3Event(event)) return event.Records.map(ofRecord);
  if (isBridgeEvent(event)) return [ofBridge(event)];
  if (isTestEvent(event)) return [];
  throw new TypeError(
    'Expected an S3 event (Records of s3.bucket and s3.object, or detail.bucket and detail.object from EventBridge) ' +
      `but received ${excerpt(event)}.`,
  );
}

function ofRecord(record: S3EventRecord): SourceEvent {
  const { bucket, object } = record.s3;
  return {
    bucket: bucket.name,
    key: decodeEventKey(object.key),
    size: bytesOf(object.size),
    // ObjectRemoved:Delete, LifecycleExpiration:Delete, …
    isRemoval: /^(s3:)?(ObjectRemoved|LifecycleExpiration):/.test(record.eventName ?? ''),
    event: { Records: [record] },
  };
}

function ofBridge(event: BridgeEvent): SourceEvent {
  const { bucket, object } = event.detail;
  return {
    bucket: bucket.name,
    key: object.key,
    size: bytesOf(object.size),
    isRemoval: event['detail-type'] === 'Object Deleted',
    event,
  };
}

function isS3Event(event: unknown): event is S3Event {
  const records = (event as Partial<S3Event> | null)?.Records;
  return Array.isArray(records) && records.every(record => record?.s3?.bucket?.name && record.s3.object?.key);
}

function isBridgeEvent(event: unknown): event is BridgeEvent {
  const { detail } = (event ?? {}) as Partial<BridgeEvent>;
  return typeof detail?.bucket?.name === 'string' && typeof detail.object?.key === 'string';
}

/** An event comes from outside: its size may be anything. */
function bytesOf(size: unknown): number {
  return typeof size === 'number' && size > 0 && Number.isFinite(size) ? size : 0;
}

function isTestEvent(event: unknown): event is S3TestEvent {
  return (event as Partial<S3TestEvent> | null)?.Event === 's3:TestEvent';
}

function excerpt(event: unknown): string {
  return String(JSON.stringify(event)).slice(0, 200);
}
