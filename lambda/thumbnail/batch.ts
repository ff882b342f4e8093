import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { type SourceEvent, sourcesOf } from './events';
import { forEach } from './for-each';

export interface BatchDeps {
  /** Fresh messages worked on at once. */
  readonly concurrency: number;
  /** Sees to one source; throws what a later try may cure. */
  readonly process: (source: SourceEvent, how: { readonly retried: boolean }) => Promise<unknown>;
  /** Told of each message that is given back. */
  readonly failed: (message: SQSRecord, cause: unknown) => void;
  /** Aborts shortly before the function is ended: whatever is not done then is given back. */
  readonly outOfTime: AbortSignal;
}

/** The function's time ran out before a message was done. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime';
  override readonly message = 'The time of the function ran out before this message was done.';
}

/**
 * Works through a batch of queue messages: fresh ones first, those that failed before one by one after them, so that what
 * ended the process once, and may again, takes as little along as possible.
 *
 * @returns the messages to be delivered again; all others are done
 */
export async function processBatch(
  messages: readonly SQSRecord[],
  deps: BatchDeps,
): Promise<SQSBatchResponse> {
  const failures: SQSBatchResponse['batchItemFailures'] = [];

  async function see(message: SQSRecord): Promise<void> {
    try {
      await beforeAbort(deps.outOfTime, () => processMessage(message, deps));
    } catch (cause) {
      deps.failed(message, cause);
      failures.push({ itemIdentifier: message.messageId });
    }
  }
  await forEach(messages.filter(isFresh), deps.concurrency, see);
  await forEach(
    messages.filter(message => !isFresh(message)),
    1,
    see,
  );
  return { batchItemFailures: failures };
}

async function processMessage(message: SQSRecord, { process }: BatchDeps): Promise<void> {
  const retried = !isFresh(message);
  for (const source of sourcesOf(JSON.parse(message.body))) await process(source, { retried });
}

function isFresh(message: SQSRecord): boolean {
  return message.attributes.ApproximateReceiveCount === '1';
}

/** The result of `work`, or OutOfTime as soon as the signal aborts; work that has begun then goes on unheard. */
async function beforeAbort<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  if (signal.aborted) throw new OutOfTime();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(new OutOfTime());
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
