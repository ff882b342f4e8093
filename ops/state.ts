import type { Hold } from './hold';
import { countsOf, type Queues } from './queues';

/** What both queues hold; SQS's counts are approximate. */
export interface State {
  readonly deadLetters: {
    /** Messages that were read. */
    readonly read: number;
    /** Messages that were visible but could not be read. */
    readonly unread: number;
    /** Messages that another consumer held when reading began. */
    readonly heldElsewhere: number;
    readonly oldest: Date | undefined;
  };
  /** The queue that feeds the function. */
  readonly queue: { readonly waiting: number; readonly inFlight: number; readonly delayed: number };
}

export async function stateOf(queues: Queues, { deadLetters, before }: Hold): Promise<State> {
  const { visible: waiting, inFlight, delayed } = await countsOf(queues.sqs, queues.queueUrl);
  return {
    deadLetters: {
      read: deadLetters.length,
      unread: Math.max(0, before.visible - deadLetters.length),
      heldElsewhere: before.inFlight,
      oldest: deadLetters[0]?.when,
    },
    queue: { waiting, inFlight, delayed },
  };
}

/** The state, for people. */
export function stateLines({ deadLetters, queue }: State): string[] {
  const { read, unread, heldElsewhere, oldest } = deadLetters;
  const since = oldest ? `, the oldest of ${seconds(oldest)}` : '';
  const lines = [`Dead-letter queue: ${read} ${read === 1 ? 'message' : 'messages'}${since}.`];
  if (heldElsewhere > 0)
    lines.push(
      `  ${heldElsewhere} more held by another reader (this command in another terminal, or one that was ended); look again in five minutes.`,
    );
  if (unread > 0) lines.push(`  About ${unread} more that could not be read this time; look again.`);
  lines.push(
    `Main queue: ${queue.waiting} waiting, ${queue.inFlight} in flight (being worked on, or waiting for another try), ${queue.delayed} delayed.`,
  );
  return lines;
}

/** What is known when no failure is listed. */
export function emptyLine({ deadLetters, queue }: State): string {
  if (deadLetters.heldElsewhere + deadLetters.unread > 0) return 'No failure could be read.';
  const underWay = queue.waiting + queue.inFlight + queue.delayed;
  return underWay > 0
    ? `No failures so far; ${underWay} ${underWay === 1 ? 'message is' : 'messages are'} not done yet.`
    : 'No failures, and nothing is under way.';
}

/** A time in UTC, to the second: `2026-11-21T23:37:54Z`. */
export function seconds(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}
