import { DeleteMessageBatchCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { batchesOf, sendBatch, type Undone } from './batches';
import type { DeadLetter } from './dead-letters';
import { type Hold, REQUESTS } from './hold';
import { inParallel } from './in-parallel';
import type { Queues } from './queues';

/** What became of messages that were to be sent back. */
export interface SentBack {
  readonly sent: readonly DeadLetter[];
  /** They are in the dead-letter queue only, as before. */
  readonly unsent: readonly Undone[];
  /** They were sent, and are in the dead-letter queue all the same: sent once more they do no harm. */
  readonly kept: readonly Undone[];
}

/**
 * Sends held messages back to where they came from, without the attributes that their rejection gave them. Each leaves
 * the dead-letter queue once its copy is safe; so what ends this in the middle may double messages, and loses none.
 *
 * @param signal begins no further batch once it aborts
 */
export async function sendBack(
  { sqs, queueUrl, deadLetterQueueUrl }: Queues,
  hold: Hold,
  { letters, signal }: { readonly letters: readonly DeadLetter[]; readonly signal?: AbortSignal },
): Promise<SentBack> {
  const result = { sent: [] as DeadLetter[], unsent: [] as Undone[], kept: [] as Undone[] };
  await inParallel(batchesOf(letters), { atOnce: REQUESTS, signal }, async batch => {
    const copies = batch.map(({ message }, id) => ({ Id: `${id}`, MessageBody: message.Body }));
    const sent = await sendBatch(batch, () =>
      sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: copies })),
    );
    const originals = sent.done.map(({ message }, id) => ({
      Id: `${id}`,
      ReceiptHandle: message.ReceiptHandle,
    }));
    const deleted = await sendBatch(sent.done, () =>
      sqs.send(new DeleteMessageBatchCommand({ QueueUrl: deadLetterQueueUrl, Entries: originals })),
    );
    hold.forget(deleted.done);
    result.sent.push(...sent.done);
    result.unsent.push(...sent.undone);
    result.kept.push(...deleted.undone);
  });
  return result;
}
