import { DeleteMessageBatchCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { batchesOf, type FailedMessage, sendBatch } from './batches';
import type { DeadLetter } from './dead-letters';
import { type Hold, REQUESTS } from './hold';
import { inParallel } from './in-parallel';
import type { Queues } from './queues';

/** What became of messages that were to be sent back. */
export interface SentBack {
  readonly sent: readonly DeadLetter[];
  /** Not sent: still in the dead-letter queue only. */
  readonly unsent: readonly FailedMessage[];
  /** Sent, but not deleted from the dead-letter queue. Harmless: the function is idempotent. */
  readonly undeleted: readonly FailedMessage[];
}

/**
 * Copies held messages to the main queue, without the attributes of their rejection, and deletes each from the
 * dead-letter queue once its copy is sent: a crash in between may duplicate a message but loses none.
 *
 * @param signal begins no further batch once it aborts
 */
export async function sendBack(
  { sqs, queueUrl, deadLetterQueueUrl }: Queues,
  hold: Hold,
  { deadLetters, signal }: { readonly deadLetters: readonly DeadLetter[]; readonly signal?: AbortSignal },
): Promise<SentBack> {
  const result = {
    sent: [] as DeadLetter[],
    unsent: [] as FailedMessage[],
    undeleted: [] as FailedMessage[],
  };
  await inParallel(batchesOf(deadLetters), { atOnce: REQUESTS, signal }, async batch => {
    const copies = batch.map(({ message }, id) => ({ Id: `${id}`, MessageBody: message.Body }));
    const sent = await sendBatch(batch, () =>
      sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: copies })),
    );
    const originals = sent.successful.map(({ message }, id) => ({
      Id: `${id}`,
      ReceiptHandle: message.ReceiptHandle,
    }));
    const deleted = await sendBatch(sent.successful, () =>
      sqs.send(new DeleteMessageBatchCommand({ QueueUrl: deadLetterQueueUrl, Entries: originals })),
    );
    hold.forget(deleted.successful);
    result.sent.push(...sent.successful);
    result.unsent.push(...sent.failed);
    result.undeleted.push(...deleted.failed);
  });
  return result;
}
