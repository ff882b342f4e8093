import type { Resource } from '../template/stack';
import { FairSqsStore } from './fair-queues';
import { type SqsQueue, SqsStore } from './fauxqs';
import type { QueueJournal } from './queue-journal';

/** The properties of a queue that fauxqs has as attributes. */
const ATTRIBUTES = [
  'DelaySeconds',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'RedrivePolicy',
  'VisibilityTimeout',
] as const;

/** A message was sent, deleted, or moved to the dead-letter queue. */
export interface QueueActivity {
  readonly queueName: string;
  readonly messageId: string;
  readonly status: 'published' | 'consumed' | 'dlq';
}

/** A store without queues; it reports every change of a message to the journal. */
export function createQueueStore(
  journal: QueueJournal,
  onActivity: (activity: QueueActivity) => void,
): SqsStore {
  const store = new FairSqsStore();
  store.persistence = journal.persistence;
  const addMessage = (activity: QueueActivity) => {
    // fauxqs deletes it from one queue, then sends it to the other: a crash in between would lose it.
    if (activity.status === 'dlq') journal.move(activity.messageId);
    onActivity(activity);
  };
  store.spy = { addMessage } as unknown as NonNullable<SqsStore['spy']>;
  return store;
}

/** Creates an `AWS::SQS::Queue` of the template with the messages that the last run left in it. */
export function createQueue(
  { name, ref, properties, attributes: { Arn: arn = name } }: Resource,
  { queues, journal }: { readonly queues: SqsStore; readonly journal: QueueJournal },
): SqsQueue {
  const attributes = ATTRIBUTES.filter(attribute => properties[attribute] !== undefined).map(
    attribute => [attribute, asText(properties[attribute])] as const,
  );
  const queue = queues.createQueue(name, ref, arn, Object.fromEntries(attributes));
  queue.messages.push(...journal.left.filter(kept => kept.queue === name).map(({ message }) => message));
  return queue;
}

/** @throws Error when no queue of the template has the ARN */
export function queueOf(queues: SqsStore, arn: string): SqsQueue {
  const queue = queues.getQueueByArn(arn);
  if (!queue) throw new Error(`Expected a queue of the template but received ${arn}.`);
  return queue;
}

/** @throws Error when no queue of the template has the ARN */
export function sendTo(queues: SqsStore, arn: string, body: string): void {
  const queue = queueOf(queues, arn);
  queue.enqueue(SqsStore.createMessage(body, {}, Number(queue.attributes.DelaySeconds)));
}

/**
 * Takes messages from a queue; those received too often move to the dead-letter queue instead.
 *
 * @returns up to `count` messages, in flight until deleted or until the queue's visibility timeout
 */
export function receive(store: SqsStore, queue: SqsQueue, count: number): ReceivedMessage[] {
  const received: ReceivedMessage[] = [];
  while (received.length < count) {
    const batch = queue.dequeue(count - received.length, undefined, arn => store.getQueueByArn(arn));
    if (batch.length === 0) break;
    for (const { ReceiptHandle } of batch) {
      const entry = queue.inflightMessages.get(ReceiptHandle);
      if (entry) received.push(entry);
    }
  }
  return received;
}

export type ReceivedMessage = NonNullable<ReturnType<SqsQueue['inflightMessages']['get']>>;

/** Messages that can be received now. */
export function visibleCount(queue: SqsQueue): number {
  queue.processTimers();
  return queue.messages.length;
}

/** Messages that are in flight or delayed. */
export function invisibleCount(queue: SqsQueue): number {
  return queue.inflightMessages.size + queue.delayedMessages.length;
}

/** Milliseconds until the next invisible message becomes visible; Infinity when there is none. */
export function untilNextVisible(queue: SqsQueue): number {
  const times = [
    ...[...queue.inflightMessages.values()].map(({ visibilityDeadline }) => visibilityDeadline),
    ...queue.delayedMessages.map(({ delayUntil = 0 }) => delayUntil),
  ];
  return Math.max(0, times.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY) - Date.now());
}

function asText(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
