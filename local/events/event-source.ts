import { availableParallelism } from 'node:os';
import type { Counters } from '../counters';
import type { Functions } from '../function/functions';
import type { FunctionPool } from '../function/pool';
import type { Ending } from '../function/process';
import type { Signal } from '../signal';
import type { SqsQueue, SqsStore } from '../storage/fauxqs';
import { invisibleCount, queueOf, type ReceivedMessage, receive, untilNextVisible } from '../storage/queues';
import type { Location } from '../template/places';
import type { Resource } from '../template/stack';
import { failedMessageIds, sqsEvent } from './batch';

/** A running event source mapping: it passes a queue's messages to a function. */
export interface EventSource {
  readonly queue: SqsQueue;
  /** Invocations that have messages in flight, a batch that still grows included. */
  running(): number;
  /** Messages that failed and wait, invisible, for their redelivery. */
  waiting(): number;
  /** Receives no more messages; resolves when the running invocations have ended. */
  stop(): Promise<void>;
}

/** The settings of an `AWS::Lambda::EventSourceMapping`. */
interface Mapping {
  readonly batchSize: number;
  readonly windowMs: number;
  /** Whether the function's answer names the messages that failed. */
  readonly partial: boolean;
  /** Invocations at once. */
  readonly concurrency: number;
}

interface Services {
  readonly queues: SqsStore;
  readonly functions: Functions;
  readonly location: Location;
  readonly signal: Signal;
  readonly counters: Counters;
}

interface State extends Mapping, Services {
  readonly queue: SqsQueue;
  readonly pool: FunctionPool;
  running: number;
  /** Messages of the running invocations. */
  inFlight: number;
  stopping: boolean;
}

/**
 * Starts an `AWS::Lambda::EventSourceMapping` of the template.
 *
 * @throws Error unless it leads from a queue to a function of the templates
 */
export function startEventSource({ logicalId, properties }: Resource, services: Services): EventSource {
  const queue = queueOf(services.queues, String(properties.EventSourceArn));
  const pool = services.functions.find(String(properties.FunctionName));
  if (!pool) throw new Error(`Expected a function of the template for ${logicalId}.`);
  const mapping = mappingOf(properties);
  const state: State = { ...services, ...mapping, queue, pool, running: 0, inFlight: 0, stopping: false };
  const polling = poll(state);
  return {
    queue,
    running: () => state.running,
    waiting: () => Math.max(0, invisibleCount(queue) - state.inFlight),
    async stop() {
      state.stopping = true;
      state.signal.notify();
      await polling;
      while (state.running > 0) await state.signal.wait();
    },
  };
}

function mappingOf(properties: Resource['properties']): Mapping {
  const types = (properties.FunctionResponseTypes ?? []) as readonly string[];
  const { MaximumConcurrency = Number.POSITIVE_INFINITY } = (properties.ScalingConfig ?? {}) as {
    readonly MaximumConcurrency?: number;
  };
  return {
    batchSize: Number(properties.BatchSize ?? 10),
    windowMs: Number(properties.MaximumBatchingWindowInSeconds ?? 0) * 1000,
    partial: types.includes('ReportBatchItemFailures'),
    concurrency: Math.min(MaximumConcurrency, availableParallelism()),
  };
}

async function poll(state: State): Promise<void> {
  const { queue, queues, batchSize, concurrency, signal } = state;
  while (!state.stopping) {
    const isFree = state.running < concurrency;
    const messages = isFree ? receive(queues, queue, batchSize) : [];
    if (messages.length > 0) {
      state.running++;
      state.inFlight += messages.length;
      void work(state, await fill(state, messages));
    } else {
      await signal.wait(isFree ? untilNextVisible(queue) + 1 : undefined);
    }
  }
}

/** Lets a batch grow until it is full or the batching window is over. */
async function fill(state: State, first: readonly ReceivedMessage[]): Promise<readonly ReceivedMessage[]> {
  const { queue, queues, batchSize, windowMs, signal } = state;
  const messages = [...first];
  const end = Date.now() + windowMs;
  while (messages.length < batchSize && Date.now() < end && !state.stopping) {
    await signal.wait(end - Date.now());
    const more = receive(queues, queue, batchSize - messages.length);
    state.inFlight += more.length;
    messages.push(...more);
  }
  return messages;
}

/**
 * Invokes the function and deletes what it succeeded with; what failed stays invisible until its timeout, as on SQS.
 */
async function work(state: State, messages: readonly ReceivedMessage[]): Promise<void> {
  const { queue, pool, location, signal, counters } = state;
  if (state.stopping) {
    for (const { receiptHandle } of messages) queue.changeVisibility(receiptHandle, 0);
  } else {
    counters.received += messages.length;
    const ending = await pool.invoke(sqsEvent(messages, { arn: queue.arn, region: location.region }));
    const failed = failedOf(state, messages, ending);
    counters.failed += failed.size;
    for (const { message, receiptHandle } of messages) {
      if (!failed.has(message.messageId)) queue.deleteMessage(receiptHandle);
    }
  }
  state.running--;
  state.inFlight -= messages.length;
  signal.notify();
}

function failedOf({ partial }: State, messages: readonly ReceivedMessage[], ending: Ending): Set<string> {
  const ids = messages.map(({ message }) => message.messageId);
  if (ending.kind !== 'answered') return new Set(ids);
  return new Set(partial ? failedMessageIds(ids, ending.answer) : []);
}
