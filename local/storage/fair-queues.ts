import { type SqsQueue, SqsStore } from './fauxqs';
import { addGroup } from './message-groups';

/** Messages that share a MessageGroupId; a message without one is a tenant of its own. */
interface Tenant {
  inFlight: number;
  /** In the queue and visible. */
  waiting: number;
  /** Where in the queue its oldest messages are. */
  readonly positions: number[];
}

/** A store whose standard queues keep the groups of messages and are fair. */
export class FairSqsStore extends SqsStore {
  override createQueue(...args: Parameters<SqsStore['createQueue']>): SqsQueue {
    const queue = super.createQueue(...args);
    if (queue.isFifo()) return queue;
    const enqueue = queue.enqueue.bind(queue);
    const dequeue = queue.dequeue.bind(queue);
    queue.enqueue = message => {
      addGroup(message);
      enqueue(message);
    };
    queue.dequeue = (count, ...others) => {
      queue.processTimers();
      bringForward(queue, count);
      return dequeue(count, ...others);
    };
    return queue;
  }
}

/**
 * Moves to the front what is to be received next: messages of the tenant that has the fewest in flight; of equals, of
 * that with the fewest waiting; of equals, the oldest.
 *
 * SQS calls a tenant noisy from 10 % (and 30 messages) of what is in flight on, and hands out messages of the others
 * first, of several noisy ones of that with the fewest in flight. Here, with few messages in flight, there is no threshold.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues-detailed.html
 */
function bringForward(queue: SqsQueue, count: number): void {
  const { messages } = queue;
  if (!messages.some(({ messageGroupId }) => messageGroupId)) return;
  const tenants = tenantsOf(queue, count);
  const chosen = new Set<number>();
  while (chosen.size < count) {
    const next = tenants.filter(({ positions }) => positions.length > 0).sort(byNoise)[0];
    const position = next?.positions.shift();
    if (!next || position === undefined) break;
    chosen.add(position);
    next.inFlight++;
    next.waiting--;
  }
  const first = [...chosen].flatMap(position => messages[position] ?? []);
  if (first.every((message, position) => message === messages[position])) return;
  // The others are not copied: there may be a hundred thousand.
  for (const position of [...chosen].sort((a, b) => b - a)) messages.splice(position, 1);
  messages.unshift(...first);
}

/** @param count of each tenant no more positions are needed; of those without a group no more tenants */
function tenantsOf({ messages, inflightMessages }: SqsQueue, count: number): Tenant[] {
  const groups = new Map<string, Tenant>();
  const single: Tenant[] = [];
  const groupOf = (group: string) => {
    const known = groups.get(group);
    if (known) return known;
    const tenant = { inFlight: 0, waiting: 0, positions: [] };
    groups.set(group, tenant);
    return tenant;
  };
  for (const { message } of inflightMessages.values()) {
    if (message.messageGroupId) groupOf(message.messageGroupId).inFlight++;
  }
  let position = 0;
  for (const { messageGroupId: group } of messages) {
    if (group) addTo(groupOf(group), position, count);
    else if (single.length < count) single.push({ inFlight: 0, waiting: 1, positions: [position] });
    position++;
  }
  return [...single, ...groups.values()];
}

function addTo(tenant: Tenant, position: number, count: number): void {
  tenant.waiting++;
  if (tenant.positions.length < count) tenant.positions.push(position);
}

function byNoise(a: Tenant, b: Tenant): number {
  return a.inFlight - b.inFlight || a.waiting - b.waiting || (a.positions[0] ?? 0) - (b.positions[0] ?? 0);
}
