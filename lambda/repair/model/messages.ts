import { setTimeout } from 'node:timers/promises';
import { type BatchResultErrorEntry, SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { encodeEventKey } from '../../thumbnail/model/keys';
import type { Difference } from './difference';

/**
 * SQS shares a queue fairly between groups of messages: those of S3, which have none, do not wait behind all of this group's.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
 */
const MESSAGE_GROUP = 'backfill';
/** SQS's limit of one request. */
const MESSAGES_A_REQUEST = 10;
const TRIES = 5;
/** Before the second try; twice as many before each further one. */
const WAIT_MILLISECONDS = 100;

/** SQS refused messages, or did so for as often as it was asked. Those of earlier requests were sent. */
export class MessagesNotSent extends Error {
  override readonly name = 'MessagesNotSent';
  constructor(count: number, reason: BatchResultErrorEntry | undefined) {
    super(
      `SQS did not take ${count} messages: ${reason?.Code ?? 'no answer'} ${reason?.Message ?? ''}`.trim(),
    );
  }
}

/**
 * The event of S3 that has a source looked at again; undefined if nothing is missing, stale or an orphan. An orphan is a removal: the
 * function then looks at keys too that are no longer watched.
 */
export function eventOf(
  { key, source, missing, stale, orphan }: Difference,
  bucket: string,
): string | undefined {
  if (missing.length + stale.length + orphan.length === 0) return undefined;
  return JSON.stringify({
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        eventName: source ? 'ObjectCreated:Put' : 'ObjectRemoved:Delete',
        s3: {
          bucket: { name: bucket },
          object: { key: encodeEventKey(key), ...(source && { size: source.size }) },
        },
      },
    ],
  });
}

/**
 * Sends events to the queue, ten a request, one request after the other. What SQS does not take is sent again, and only that.
 *
 * @throws MessagesNotSent, and what SQS answers to a request as a whole, after the client's own tries
 */
export async function sendEvents(
  queue: { readonly sqs: SQSClient; readonly queueUrl: string },
  events: readonly string[],
): Promise<void> {
  for (let i = 0; i < events.length; i += MESSAGES_A_REQUEST) {
    await sendBatch(queue, events.slice(i, i + MESSAGES_A_REQUEST));
  }
}

async function sendBatch(
  { sqs, queueUrl }: Parameters<typeof sendEvents>[0],
  events: readonly string[],
): Promise<void> {
  let unsent = events.map((MessageBody, i) => ({ Id: `${i}`, MessageBody, MessageGroupId: MESSAGE_GROUP }));
  for (let tries = 1; ; tries++) {
    const command = new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: unsent });
    const { Successful = [], Failed = [] } = await sqs.send(command);
    const sent = new Set(Successful.map(({ Id }) => Id));
    unsent = unsent.filter(({ Id }) => !sent.has(Id));
    if (unsent.length === 0) return;
    // The message is at fault: it would be refused again.
    const refusal = Failed.find(({ SenderFault }) => SenderFault);
    if (refusal || tries === TRIES) throw new MessagesNotSent(unsent.length, refusal ?? Failed[0]);
    await setTimeout(WAIT_MILLISECONDS * 2 ** (tries - 1) * (0.5 + Math.random()));
  }
}
