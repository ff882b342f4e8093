import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { type SourceEvent, sourcesOf } from './model/events';

export interface BatchDeps {
  /** Reconciles one source; throws what a later try may cure. */
  readonly process: (source: SourceEvent) => Promise<unknown>;
  /** Told of each message that is given back. */
  readonly failed: (messageId: string, cause: unknown) => void;
}

/**
 * Works through a batch of queue messages, all at once: how many are in flight is for `process` to bound.
 *
 * @returns the messages to be delivered again; all others are done
 */
export async function processBatch(
  messages: readonly SQSRecord[],
  { process, failed }: BatchDeps,
): Promise<SQSBatchResponse> {
  async function handle(message: SQSRecord): Promise<SQSBatchResponse['batchItemFailures']> {
    try {
      for (const source of sourcesOf(JSON.parse(message.body))) await process(source);
      return [];
    } catch (cause) {
      failed(message.messageId, cause);
      return [{ itemIdentifier: message.messageId }];
    }
  }
  return { batchItemFailures: (await Promise.all(messages.map(handle))).flat() };
}
