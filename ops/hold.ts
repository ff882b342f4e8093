import {
  ChangeMessageVisibilityBatchCommand,
  type Message,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { batchesOf, type FailedMessage, sendBatch } from './batches';
import { DESCRIBING, type DeadLetter, deadLetterOf } from './dead-letters';
import { inParallel } from './in-parallel';
import { countsOf, type QueueCounts, type Queues } from './queues';

/** Requests to SQS at a time: enough to hide the way to a distant region, below the client's 50 connections. */
export const REQUESTS = 8;

/** A standard queue answers no more receivers beyond this many messages in flight. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const IN_FLIGHT_LIMIT = 120_000;

/** The visibility timeout that a hold sets, in seconds: longer than reading a full queue takes. Renewed while needed. */
const HOLD_SECONDS = 300;

/** The queue has been read after this many answers in a row without a new message: one alone proves nothing. */
const FRUITLESS_ANSWERS = 3;

/** Dead letters that are invisible to other consumers (in flight) until they are released. */
export interface Hold {
  /** Oldest first. */
  readonly deadLetters: readonly DeadLetter[];
  /** The queue's counts before it was read: what was in flight then is held by others. */
  readonly before: QueueCounts;
  /** Whether reading ended because SQS hands out no more ({@link IN_FLIGHT_LIMIT}). */
  readonly atLimit: boolean;
  /**
   * Makes messages visible to others again; without an argument all that are still held.
   *
   * @returns those that stay invisible until their visibility timeout is over
   */
  release(deadLetters?: readonly DeadLetter[]): Promise<readonly FailedMessage[]>;
  /** Ends the hold of messages that were deleted from the queue. */
  forget(deadLetters: readonly DeadLetter[]): void;
}

export interface HoldOptions {
  /** The visibility timeout; a killed command leaves messages invisible for as long. */
  readonly seconds?: number;
  /** Messages to read at most; more may be held by one answer. @default all */
  readonly most?: number;
  /** Ends the reading early; what was read until then is held. */
  readonly signal?: AbortSignal;
}

/**
 * Receives all messages of the dead-letter queue, and renews their visibility timeout until each is released or forgotten.
 *
 * Reading ends when nothing new comes. A message that is delivered twice (SQS: at least once) counts once.
 */
export async function holdAll(queues: Queues, options: HoldOptions = {}): Promise<Hold> {
  const { seconds = HOLD_SECONDS, most, signal } = options;
  const before = await countsOf(queues.sqs, queues.deadLetterQueueUrl);
  const held = new Map<string, DeadLetter>();
  const renewal = startRenewal(queues, held, seconds);
  const forget = (deadLetters: readonly DeadLetter[]) => {
    for (const { message } of deadLetters) held.delete(message.MessageId as string);
    if (held.size === 0) renewal.end();
  };
  const release = async (deadLetters: readonly DeadLetter[] = [...held.values()]) => {
    forget(deadLetters);
    await renewal.settle();
    return changeVisibility(queues, deadLetters, { seconds: 0 });
  };
  try {
    const atLimit = await readInto(held, { queues, before, seconds, limit: most, signal });
    const deadLetters = [...held.values()].sort((a, b) => +a.when - +b.when);
    if (deadLetters.length === 0) renewal.end();
    return { deadLetters, before, atLimit, release, forget };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Receives until nothing new comes. @returns whether SQS's limit ended it */
async function readInto(
  held: Map<string, DeadLetter>,
  options: {
    readonly queues: Queues;
    readonly before: QueueCounts;
    readonly seconds: number;
    readonly limit: number | undefined;
    readonly signal: AbortSignal | undefined;
  },
): Promise<boolean> {
  const { queues, before, seconds, limit = Number.POSITIVE_INFINITY, signal } = options;
  // Reading must end even if failures keep arriving: at twice what the queue counted, as its figures lag.
  const most = Math.min(2 * before.visible + 1000, IN_FLIGHT_LIMIT - before.inFlight, limit);
  let fruitless = 0;
  let overLimit = false;

  async function readOn(): Promise<void> {
    while (fruitless < FRUITLESS_ANSWERS && held.size < most && !signal?.aborted) {
      // A long poll asks all of SQS's servers, a short one some of them: enough once all messages seem to be here.
      const messages = await receive(queues, { seconds, wait: held.size < before.visible ? 1 : 0 });
      fruitless = messages.some(({ MessageId = '' }) => !held.has(MessageId)) ? 0 : fruitless + 1;
      // The newest receipt handle is the one that counts.
      for (const message of messages) held.set(message.MessageId as string, deadLetterOf(message));
    }
  }

  const receivers = Math.min(REQUESTS, Math.max(1, Math.ceil(before.visible / 10)));
  const ended = await Promise.allSettled(
    Array.from({ length: receivers }, () =>
      readOn().catch(error => {
        // The other receivers stop too, each after the answer that it waits for.
        fruitless = FRUITLESS_ANSWERS;
        if (error.name !== 'OverLimit') throw error;
        overLimit = true;
      }),
    ),
  );
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
  return overLimit || held.size >= IN_FLIGHT_LIMIT - before.inFlight;
}

async function receive(
  { sqs, deadLetterQueueUrl }: Queues,
  { seconds, wait }: { readonly seconds: number; readonly wait: number },
): Promise<Message[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: deadLetterQueueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: seconds,
      WaitTimeSeconds: wait,
      MessageAttributeNames: [...DESCRIBING.MessageAttributeNames],
      MessageSystemAttributeNames: [...DESCRIBING.MessageSystemAttributeNames],
    }),
  );
  return Messages;
}

/** Renews the hold three times within its visibility timeout: one renewal may fail before others see a message. */
function startRenewal(
  queues: Queues,
  held: ReadonlyMap<string, DeadLetter>,
  seconds: number,
): { readonly end: () => void; readonly settle: () => Promise<void> } {
  let running: Promise<unknown> | undefined;
  let stop = new AbortController();
  const renew = () => {
    if (running) return;
    stop = new AbortController();
    // A failed renewal is tried again next time; if the receipt handle is void by then, deleting or releasing says so.
    running = changeVisibility(queues, [...held.values()], { seconds, signal: stop.signal }).finally(() => {
      running = undefined;
    });
  };
  const timer = setInterval(renew, (seconds * 1000) / 3);
  timer.unref();
  return {
    end: () => clearInterval(timer),
    // A renewal in flight would undo a release beside it.
    async settle() {
      stop.abort();
      await running;
    },
  };
}

async function changeVisibility(
  { sqs, deadLetterQueueUrl }: Queues,
  deadLetters: readonly DeadLetter[],
  { seconds, signal }: { readonly seconds: number; readonly signal?: AbortSignal },
): Promise<FailedMessage[]> {
  const failed: FailedMessage[] = [];
  await inParallel(batchesOf(deadLetters), { atOnce: REQUESTS, signal }, async batch => {
    const Entries = batch.map(({ message }, id) => ({
      Id: `${id}`,
      ReceiptHandle: message.ReceiptHandle,
      VisibilityTimeout: seconds,
    }));
    const request = new ChangeMessageVisibilityBatchCommand({ QueueUrl: deadLetterQueueUrl, Entries });
    const result = await sendBatch(batch, () => sqs.send(request));
    failed.push(...result.failed);
  });
  return failed;
}
