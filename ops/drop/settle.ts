import { setTimeout } from 'node:timers/promises';
import { holdAll } from '../hold';
import { countsOf, type QueueCounts } from '../queues';
import type { Target } from '../target';
import { isComplete, type Source } from './source';

/** Time between two looks, in ms: the first while something happens, the last while nothing does. */
const SHORTEST_PAUSE = 100;
const LONGEST_PAUSE = 1000;
const GROWTH = 1.5;

export interface SettleOptions {
  readonly sources: readonly Source[];
  readonly target: Target;
  /** Whether sources are still being uploaded. */
  readonly uploading: () => boolean;
  /** Copies the thumbnails that are new. @returns how many */
  readonly copyNew: () => Promise<number>;
  /** Told of the queue that feeds the function, at each look. */
  readonly onLook: (queue: QueueCounts) => void;
  readonly signal: AbortSignal;
}

/**
 * Polls until every source has its thumbnails or a failure, or until nothing is under way that could bring them.
 *
 * A look goes from the queue to the dead letters to the thumbnails, against the way that a message takes: what has left
 * one place is in the next when that is looked at. (The local cloud's counts are exact, unlike those of SQS.)
 */
export async function settle(options: SettleOptions): Promise<void> {
  const { sources, target, uploading, copyNew, onLook, signal } = options;
  const open = () => sources.filter(source => !isComplete(source) && source.failure === undefined);
  let known = await countDeadLetters(target);
  let pause = SHORTEST_PAUSE;
  for (;;) {
    const complete = !uploading();
    const queue = await countsOf(target.sqs, target.queueUrl);
    const idle = complete && queue.visible + queue.inFlight + queue.delayed === 0;
    const deadLetters = await countDeadLetters(target);
    // Reading takes long where there are thousands, and hides them from others meanwhile.
    const worthReading = deadLetters !== known || (idle && open().length > 0);
    const unread = worthReading ? await readDeadLetters(sources, target) : 0;
    known = deadLetters;
    const copied = await copyNew();
    onLook(queue);
    if (complete && open().length === 0) return;
    if (idle && unread === 0) return;
    pause = copied > 0 ? SHORTEST_PAUSE : Math.min(pause * GROWTH, LONGEST_PAUSE);
    await setTimeout(pause, undefined, { signal });
  }
}

async function countDeadLetters({ sqs, deadLetterQueueUrl }: Target): Promise<number> {
  const { visible, inFlight } = await countsOf(sqs, deadLetterQueueUrl);
  return visible + inFlight;
}

/** Notes the failures of this drop's sources. @returns how many dead letters another command holds */
async function readDeadLetters(sources: readonly Source[], target: Target): Promise<number> {
  const hold = await holdAll(target);
  await hold.release();
  const byKey = new Map(sources.map(source => [source.key, source]));
  for (const { keys, when, reason, detail } of hold.deadLetters) {
    for (const source of keys.flatMap(key => byKey.get(key) ?? [])) {
      if (source.uploaded && +when >= source.uploaded.since)
        source.failure = `${reason}: ${detail.replaceAll(/\s+/g, ' ').trim()}`;
    }
  }
  const { inFlight, visible } = hold.before;
  return inFlight + Math.max(0, visible - hold.deadLetters.length);
}
