import type { BatchResultErrorEntry } from '@aws-sdk/client-sqs';
import type { DeadLetter } from './dead-letters';

/** SQS's limits of one batch request; the bytes as of the oldest regions and emulators (1 MiB since August 2025). */
const MAX_ENTRIES = 10;
const MAX_BYTES = 256 * 1024;

/** A message that a batch request did not do, and why. */
export interface Undone {
  readonly letter: DeadLetter;
  readonly why: string;
}

/** What became of the messages of one batch request. */
export interface BatchResult {
  readonly done: readonly DeadLetter[];
  readonly undone: readonly Undone[];
}

/** Messages in the groups that fit one batch request each. A message above the limit goes alone. */
export function batchesOf(letters: readonly DeadLetter[]): DeadLetter[][] {
  const batches: DeadLetter[][] = [];
  let bytes = 0;
  for (const letter of letters) {
    const size = Buffer.byteLength(letter.message.Body ?? '');
    const last = batches.at(-1);
    if (last && last.length < MAX_ENTRIES && bytes + size <= MAX_BYTES) {
      last.push(letter);
      bytes += size;
    } else {
      batches.push([letter]);
      bytes = size;
    }
  }
  return batches;
}

/**
 * Sends one batch request, whose entries take the letters' places as their ids. SQS answers for each entry; a request
 * that fails as a whole has done none.
 */
export async function sendBatch(
  letters: readonly DeadLetter[],
  send: () => Promise<{
    readonly Successful?: readonly { readonly Id?: string | undefined }[] | undefined;
    readonly Failed?: readonly BatchResultErrorEntry[] | undefined;
  }>,
): Promise<BatchResult> {
  if (letters.length === 0) return { done: [], undone: [] };
  try {
    const { Successful = [], Failed = [] } = await send();
    const done = letters.filter((_, id) => Successful.some(({ Id }) => Id === `${id}`));
    const whyNot = (letter: DeadLetter) => {
      const failed = Failed.find(({ Id }) => Id === `${letters.indexOf(letter)}`);
      return failed ? `${failed.Code}: ${failed.Message ?? ''}` : 'SQS did not answer for it';
    };
    const undone = letters.filter(letter => !done.includes(letter));
    return { done, undone: undone.map(letter => ({ letter, why: whyNot(letter) })) };
  } catch (cause) {
    const { name, message } = cause as Error;
    return { done: [], undone: letters.map(letter => ({ letter, why: `${name}: ${message}` })) };
  }
}
