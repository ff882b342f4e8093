import type { BatchResultErrorEntry } from '@aws-sdk/client-sqs';
import type { DeadLetter } from './dead-letters';

/** SQS's limits of one batch request; the bytes as of the oldest regions and emulators (1 MiB since August 2025). */
const MAX_ENTRIES = 10;
const MAX_BYTES = 256 * 1024;

/** A message that a batch request failed for, and why. */
export interface FailedMessage {
  readonly deadLetter: DeadLetter;
  readonly why: string;
}

/** SQS's answers to one batch request. */
export interface BatchResult {
  readonly successful: readonly DeadLetter[];
  readonly failed: readonly FailedMessage[];
}

/** Groups messages so that each group fits one batch request. A message above the limit is alone in its group. */
export function batchesOf(deadLetters: readonly DeadLetter[]): DeadLetter[][] {
  const batches: DeadLetter[][] = [];
  let bytes = 0;
  for (const deadLetter of deadLetters) {
    const size = Buffer.byteLength(deadLetter.message.Body ?? '');
    const last = batches.at(-1);
    if (last && last.length < MAX_ENTRIES && bytes + size <= MAX_BYTES) {
      last.push(deadLetter);
      bytes += size;
    } else {
      batches.push([deadLetter]);
      bytes = size;
    }
  }
  return batches;
}

/**
 * Sends one batch request, in which a message's index is its id. SQS answers for each message; when the request as a
 * whole fails, so has each.
 */
export async function sendBatch(
  deadLetters: readonly DeadLetter[],
  send: () => Promise<{
    readonly Successful?: readonly { readonly Id?: string | undefined }[] | undefined;
    readonly Failed?: readonly BatchResultErrorEntry[] | undefined;
  }>,
): Promise<BatchResult> {
  const successful: DeadLetter[] = [];
  const failed: FailedMessage[] = [];
  if (deadLetters.length === 0) return { successful, failed };
  try {
    const { Successful = [], Failed = [] } = await send();
    for (const [index, deadLetter] of deadLetters.entries()) {
      const hasId = ({ Id }: { readonly Id?: string | undefined }) => Id === `${index}`;
      const error = Failed.find(hasId);
      if (Successful.some(hasId)) successful.push(deadLetter);
      else
        failed.push({
          deadLetter,
          why: error ? `${error.Code}: ${error.Message ?? ''}` : 'SQS did not answer for it',
        });
    }
    return { successful, failed };
  } catch (cause) {
    const { name, message } = cause as Error;
    return {
      successful: [],
      failed: deadLetters.map(deadLetter => ({ deadLetter, why: `${name}: ${message}` })),
    };
  }
}
