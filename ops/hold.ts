import {
  ChangeMessageVisibilityBatchCommand,
  type Message,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { batchesOf, sendBatch, type Undone } from './batches';
import { DESCRIBING, type DeadLetter, deadLetterOf } from './dead-letters';
import { inParallel } from './in-parallel';
import { countsOf, type QueueCounts, type Queues } from './queues';

/** Requests to SQS at a time: enough to hide the way to a distant region, below the client's 50 connections. */
export const REQUESTS = 8;

/** A standard queue answers no more receivers beyond this many messages in flight. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const IN_FLIGHT_LIMIT = 120_000;

/** How long a message is ours at a time, in seconds; longer than reading a full queue takes, renewed while needed. */
const HOLD_SECONDS = 300;

/** Answers in a row without a new message after which the queue has been read: one alone proves nothing. */
const FRUITLESS_ANSWERS = 3;

/** Messages of the dead-letter queue that nobody else receives for the time being. */
export interface Hold {
  /** Oldest first. */
  readonly letters: readonly DeadLetter[];
  /** What the queue held before it was read: what was in flight then, others hold. */
  readonly before: QueueCounts;
  /** Whether reading ended because SQS hands out no more ({@link IN_FLIGHT_LIMIT}). */
  readonly atLimit: boolean;
  /**
   * Lets others see these messages again, at once; without an argument all that are still held.
   *
   * @returns those that stay invisible until their hold is over
   */
  release(letters?: readonly DeadLetter[]): Promise<readonly Undone[]>;
  /** Ends the hold of messages that are no longer in the queue. */
  forget(letters: readonly DeadLetter[]): void;
}

export interface HoldOptions {
  /** How long SQS keeps a message from others before the hold is renewed; what a killed command leaves behind. */
  readonly seconds?: number;
  /** Ends the reading early; what was read by then is held. */
  readonly signal?: AbortSignal;
}

/**
 * Takes hold of the messages in the dead-letter queue. The hold is renewed until each is released or forgotten.
 *
 * Reading ends when answers bring nothing new: no message comes back while it is held, and should one do so all the same,
 * it counts once.
 */
export async function holdAll(queues: Queues, options: HoldOptions = {}): Promise<Hold> {
  const { seconds = HOLD_SECONDS, signal } = options;
  const before = await countsOf(queues.sqs, queues.deadLetterQueueUrl);
  const held = new Map<string, DeadLetter>();
  const renewal = startRenewal(queues, held, seconds);
  const forget = (letters: readonly DeadLetter[]) => {
    for (const { message } of letters) held.delete(message.MessageId as string);
    if (held.size === 0) renewal.end();
  };
  const release = async (letters: readonly DeadLetter[] = [...held.values()]) => {
    forget(letters);
    await renewal.settle();
    return changeVisibility(queues, letters, { seconds: 0 });
  };
  try {
    const atLimit = await readInto(held, { queues, before, seconds, signal });
    const letters = [...held.values()].sort((a, b) => +a.when - +b.when);
    if (letters.length === 0) renewal.end();
    return { letters, before, atLimit, release, forget };
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
    readonly signal: AbortSignal | undefined;
  },
): Promise<boolean> {
  const { queues, before, seconds, signal } = options;
  // While failures go on arriving reading must end too: at twice what the queue counted, as its figures lag.
  const most = Math.min(2 * before.visible + 1000, IN_FLIGHT_LIMIT - before.inFlight);
  let fruitless = 0;
  let overLimit = false;

  async function readOn(): Promise<void> {
    while (fruitless < FRUITLESS_ANSWERS && held.size < most && !signal?.aborted) {
      // A long poll asks all of SQS's servers; a short one a part of them, which is enough once all seem to be here.
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
        // The others stop as well, and only then is it over: each may still bring messages.
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

/** Renews the hold at each third of its time, so that one renewal may fail before a message is lost to others. */
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
    // What could not be renewed is tried again next time; if it is lost by then, sending or releasing it says so.
    running = changeVisibility(queues, [...held.values()], { seconds, signal: stop.signal }).finally(() => {
      running = undefined;
    });
  };
  const timer = setInterval(renew, (seconds * 1000) / 3);
  timer.unref();
  return {
    end: () => clearInterval(timer),
    // A renewal under way would take back what is released beside it.
    async settle() {
      stop.abort();
      await running;
    },
  };
}

async function changeVisibility(
  { sqs, deadLetterQueueUrl }: Queues,
  letters: readonly DeadLetter[],
  { seconds, signal }: { readonly seconds: number; readonly signal?: AbortSignal },
): Promise<Undone[]> {
  const failed: Undone[] = [];
  await inParallel(batchesOf(letters), { atOnce: REQUESTS, signal }, async batch => {
    const Entries = batch.map(({ message }, id) => ({
      Id: `${id}`,
      ReceiptHandle: message.ReceiptHandle,
      VisibilityTimeout: seconds,
    }));
    const request = new ChangeMessageVisibilityBatchCommand({ QueueUrl: deadLetterQueueUrl, Entries });
    const { undone } = await sendBatch(batch, () => sqs.send(request));
    failed.push(...undone);
  });
  return failed;
}
