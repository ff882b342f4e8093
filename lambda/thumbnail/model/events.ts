import type { S3Event, SQSEvent } from 'aws-lambda';
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

/** A source to look at, with the event that named it: the event alone is enough to process it again. */
export interface SourceEvent extends SourceRef {
  readonly event: unknown;
  /** Its size in bytes by the event, which may be out of date; 0 for a deletion. */
  readonly size: number;
}

/** Every form in which the function is called. */
export type FunctionEvent = SQSEvent | S3Event | S3TestEvent;

/** Whether a call brings a batch of queue messages, which wants an answer for each message. */
export function isQueueEvent(event: FunctionEvent): event is SQSEvent {
  const records = (event as Partial<SQSEvent> | null)?.Records;
  return Array.isArray(records) && records.every(record => typeof record?.messageId === 'string');
}

/**
 * The sources named by an event: as S3 delivers it to a function or, as JSON, to a queue. S3's test event names none.
 * A further envelope (EventBridge) is one more case here.
 *
 * @throws Error for anything else; the message says what was expected
 */
export function sourcesOf(event: unknown): SourceEvent[] {
  if (isS3Event(event))
    return event.Records.map(record => ({
      bucket: record.s3.bucket.name,
      key: decodeEventKey(record.s3.object.key),
      size: bytesOf(record.s3.object.size),
      event: { Records: [record] },
    }));
  if (isTestEvent(event)) return [];
  throw new TypeError(
    `Expected an S3 event (Records of s3.bucket and s3.object) but received ${excerpt(event)}.`,
  );
}

function isS3Event(event: unknown): event is S3Event {
  const records = (event as Partial<S3Event> | null)?.Records;
  return Array.isArray(records) && records.every(record => record?.s3?.bucket?.name && record.s3.object?.key);
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
