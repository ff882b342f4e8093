import { inParallel } from './in-parallel';
import type { Position, Step } from './model/compare';
import type { Difference } from './model/difference';
import { NOTHING, sentOf, sum, type Totals } from './totals';
import { type Judged, judge, type Looking } from './verdict';

/** Where a run is. What one slice answers is the next one's input; a run begins with neither. */
export interface Progress {
  /** All before it is decided, and what was to be sent is sent. @default the beginning of the bucket */
  readonly position?: Position | undefined;
  readonly totals?: Totals;
}

/** A run after a slice. */
export interface SliceResult {
  readonly position?: Position | undefined;
  readonly totals: Totals;
  /** Whether the run is over. */
  readonly done: boolean;
}

export interface Slice extends Looking {
  /** The comparison from a position on. */
  readonly compare: (position: Position | undefined) => AsyncIterable<Step>;
  /** Folders of variants that there are no more, which the comparison leaves out. */
  readonly removedFolders: readonly string[];
  /** Sends all that are given, or throws. */
  readonly send: (differences: readonly Difference[]) => Promise<void>;
  /** Sources that a run sends, at most. */
  readonly maxSources: number;
  /** Whether the slice is to end. Asked before each step. */
  readonly isTimeOver: () => boolean;
}

/** HEADs at a time. */
const LOOKS = 20;

/** A run that does not begin: what the messages in the queue are about would be sent a second time. */
export function notBegun(waiting: number): SliceResult {
  const notes = [`It did not begin: ${waiting} messages waited in the queue. The next run looks again.`];
  return { totals: { ...NOTHING, notes }, done: true };
}

/**
 * Goes on with a run until its time is over or the run is: compares the listings and sends what differs.
 *
 * The position never gets past a source that was to be sent and was not. So a slice that ends in a fault is done again from where it
 * began; what it had sent is looked at twice, which changes nothing.
 */
export async function repairSlice(
  { position, totals = NOTHING }: Progress,
  slice: Slice,
): Promise<SliceResult> {
  let result: SliceResult = { position, totals: sum(totals, begun(slice)), done: false };
  for await (const step of slice.compare(position)) {
    // However short its time is, a slice gets on: or a run would never end.
    const hasAdvanced = result.position?.listed !== position?.listed;
    if (hasAdvanced && slice.isTimeOver()) return result;
    result = await repairStep(result, { step, slice });
    if (result.done) return result;
  }
  return { ...result, done: true };
}

function begun({ failures, removedFolders }: Slice): Totals {
  const notes = [
    ...(failures.areMore ? ['There are more failures than are read: sources of the others were sent.'] : []),
    ...removedFolders.map(folder => `Left out, because a variant had its thumbnails there once: ${folder}`),
  ];
  return { ...NOTHING, slices: 1, notes };
}

async function repairStep(
  { position, totals }: SliceResult,
  { step, slice }: { readonly step: Step; readonly slice: Slice },
): Promise<SliceResult> {
  const judged = await inParallel(step.differences, LOOKS, difference => judge(difference, slice));
  const toSend = judged.filter(({ verdict }) => verdict !== undefined && verdict !== 'failures');
  const room = slice.maxSources - sentOf(totals);
  const sent = toSend.slice(0, room);
  await slice.send(sent.map(({ difference }) => difference));
  const isFull = toSend.length >= room;
  const others = judged.filter(one => !toSend.includes(one));
  return {
    position: isFull ? position : step.position,
    totals: sum(totals, {
      ...countsOf([...sent, ...others]),
      sources: step.sources,
      notes: isFull ? [`It ended when ${slice.maxSources} sources were sent: the next run goes on.`] : [],
    }),
    done: isFull,
  };
}

function countsOf(judged: readonly Judged[]): Totals {
  const having = (verdict: Judged['verdict']) => judged.filter(one => one.verdict === verdict).length;
  return {
    ...NOTHING,
    missing: having('missing'),
    stale: having('stale'),
    orphans: having('orphans'),
    failures: having('failures'),
    unwanted: judged.reduce((all, { difference }) => all + difference.unwanted.length, 0),
  };
}
