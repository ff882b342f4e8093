import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { type SourceEvent, sourcesOf } from './events';
import { settleAll } from './limit';

export interface BatchDeps {
  /** Messages worked on at once. */
  readonly concurrency: number;
  /** Sees to one source; throws what a later try may cure. */
  readonly process: (source: SourceEvent) => Promise<unknown>;
  /** Told of each message that is given back. */
  readonly failed: (message: SQSRecord, cause: unknown) => void;
}

/**
 * Works through a batch of queue messages, fresh ones first: what failed before must not keep others waiting.
 *
 * @returns the messages to be delivered again; all others are done
 */
export async function processBatch(
  messages: readonly SQSRecord[],
  deps: BatchDeps,
): Promise<SQSBatchResponse> {
  const ordered = messages.toSorted((a, b) => receiveCount(a) - receiveCount(b));
  const results = await settleAll(ordered, deps.concurrency, async message => {
    for (const source of sourcesOf(JSON.parse(message.body))) await deps.process(source);
  });

  const failures = results.flatMap((result, i) => {
    const message = ordered[i] as SQSRecord;
    if (result.status === 'fulfilled') return [];
    deps.failed(message, result.reason);
    return [{ itemIdentifier: message.messageId }];
  });
  return { batchItemFailures: failures };
}

function receiveCount(message: SQSRecord): number {
  return Number(message.attributes.ApproximateReceiveCount);
}
