import { availableParallelism } from 'node:os';
import type { Counters } from '../counters';
import type { FunctionPool } from '../function/pool';
import type { Signal } from '../signal';
import type { SqsQueue, SqsStore } from '../storage/fauxqs';
import { invisibleCount, type ReceivedMessage, receive, untilNextVisible } from '../storage/queues';
import type { Resource } from '../template/stack';
import { failedMessageIds, sqsEvent } from './batch';

/** An event source mapping at work: it takes a queue's messages to a function. */
export interface EventSource {
  readonly queue: SqsQueue;
  /** Invocations that have messages in hand, a batch still being gathered included. */
  running(): number;
  /** Messages that failed and wait, invisible, for their next try. */
  waiting(): number;
  /** Takes no further messages; resolves when the running invocations have ended. */
  stop(): Promise<void>;
}

/** Starts an `AWS::Lambda::EventSourceMapping` of the template. */
export function startEventSource(
  { properties }: Resource,
  parts: {
    readonly queue: SqsQueue;
    readonly queues: SqsStore;
    readonly pool: FunctionPool;
    readonly region: string;
    readonly signal: Signal;
    readonly counters: Counters;
  },
): EventSource {
  const { queue, queues, pool, region, signal, counters } = parts;
  const batchSize = Number(properties.BatchSize ?? 10);
  const windowMs = Number(properties.MaximumBatchingWindowInSeconds ?? 0) * 1000;
  const partial = ((properties.FunctionResponseTypes ?? []) as readonly string[]).includes(
    'ReportBatchItemFailures',
  );
  const { MaximumConcurrency = Number.POSITIVE_INFINITY } = (properties.ScalingConfig ?? {}) as {
    readonly MaximumConcurrency?: number;
  };
  const lanes = Math.min(MaximumConcurrency, availableParallelism());
  let running = 0;
  let inHand = 0;
  let stopping = false;

  async function poll(): Promise<void> {
    while (!stopping) {
      const messages = running < lanes ? receive(queues, queue, batchSize) : [];
      if (messages.length > 0) {
        running++;
        inHand += messages.length;
        void work(await fill(messages));
      } else {
        await signal.wait(running < lanes ? untilNextVisible(queue) + 1 : undefined);
      }
    }
  }

  /** Lets a batch grow until it is full or the batching window is over. */
  async function fill(first: readonly ReceivedMessage[]): Promise<readonly ReceivedMessage[]> {
    const messages = [...first];
    const end = Date.now() + windowMs;
    while (messages.length < batchSize && Date.now() < end && !stopping) {
      await signal.wait(end - Date.now());
      const more = receive(queues, queue, batchSize - messages.length);
      inHand += more.length;
      messages.push(...more);
    }
    return messages;
  }

  async function work(messages: readonly ReceivedMessage[]): Promise<void> {
    if (stopping) return giveBack(messages);
    counters.received += messages.length;
    const ending = await pool.invoke(sqsEvent(messages, { arn: queue.arn, region }));
    const ids = messages.map(({ message }) => message.messageId);
    const failed = new Set(
      ending.kind !== 'answered' ? ids : partial ? failedMessageIds(ids, ending.answer) : [],
    );
    counters.failed += failed.size;
    for (const { message, receiptHandle } of messages) {
      // What failed stays invisible until its time is over, as on SQS.
      if (!failed.has(message.messageId)) queue.deleteMessage(receiptHandle);
    }
    letGo(messages);
  }

  function giveBack(messages: readonly ReceivedMessage[]): void {
    for (const { receiptHandle } of messages) queue.changeVisibility(receiptHandle, 0);
    letGo(messages);
  }

  function letGo(messages: readonly ReceivedMessage[]): void {
    running--;
    inHand -= messages.length;
    signal.notify();
  }

  const polling = poll();
  return {
    queue,
    running: () => running,
    waiting: () => Math.max(0, invisibleCount(queue) - inHand),
    async stop() {
      stopping = true;
      signal.notify();
      await polling;
      while (running > 0) await signal.wait();
    },
  };
}
