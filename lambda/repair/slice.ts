import { inParallel } from './in-parallel';
import type { Position, Step } from './model/compare';
import type { Difference } from './model/difference';
import { NOTHING, sentOf, sum, type Totals } from './totals';
import { type Looking, type Verdict, verdictOn } from './verdict';

/** Where a run is. What one slice answers is the next one's input; a run begins with neither. */
export interface Progress {
  /** All up to here is decided, and what was to be sent is sent. @default the beginning of the bucket */
  readonly position?: Position | undefined;
  readonly totals?: Totals;
}

/** A run after a slice. */
export interface SliceResult extends Required<Pick<Progress, 'totals'>>, Pick<Progress, 'position'> {
  /** Whether the run is over. */
  readonly done: boolean;
}

export interface Slice extends Looking {
  /** The comparison behind a position. */
  readonly compare: (position: Position | undefined) => AsyncIterable<Step>;
  /** Folders of variants that there are no more: nothing below them is a source. */
  readonly removedFolders: readonly string[];
  /** Sends all that are given, or throws. */
  readonly send: (differences: readonly Difference[]) => Promise<void>;
  /** Sources that a run sends, at most. */
  readonly maxSources: number;
  /** Whether the slice is to stop. Asked between two pages of the listings. */
  readonly isTimeOver: () => boolean;
}

/** Looks at a time: HEADs hide each other's way to S3. */
const LOOKS_AT_A_TIME = 20;

/**
 * Goes on with a run until its time is over or the run is: compares the listings and sends what differs.
 *
 * The position never gets past a source that was not sent: a slice that ends in a fault is done again from where it began.
 */
export async function repairSlice(
  { position, totals = NOTHING }: Progress,
  slice: Slice,
): Promise<SliceResult> {
  let result: SliceResult = { position, totals: sum(totals, begin(slice)), done: false };
  for await (const step of slice.compare(position)) {
    result = await repairStep(result, { step, slice });
    if (result.done || slice.isTimeOver()) return result;
  }
  return { ...result, done: true };
}

function begin({ failures, removedFolders }: Slice): Totals {
  const notes = [
    ...(failures.areMore ? ['There are more failures than were read: some may have been sent again.'] : []),
    ...removedFolders.map(folder => `Left out, as a variant had its thumbnails there once: ${folder}`),
  ];
  return { ...NOTHING, slices: 1, notes };
}

async function repairStep(
  before: SliceResult,
  { step, slice }: { readonly step: Step; readonly slice: Slice },
): Promise<SliceResult> {
  const { maxSources, removedFolders } = slice;
  const differences = step.differences.filter(
    ({ key }) => !removedFolders.some(folder => key.startsWith(folder)),
  );
  const verdicts = await inParallel(differences, LOOKS_AT_A_TIME, one => verdictOn(one, slice));
  const toSend = differences.filter((_, i) => isSent(verdicts[i]));
  const room = maxSources - sentOf(before.totals);
  if (toSend.length < room) {
    await slice.send(toSend);
    const counted = { ...countsOf(differences, verdicts), sources: step.sources };
    return { position: step.position, totals: sum(before.totals, counted), done: false };
  }
  const sent = toSend.slice(0, room);
  await slice.send(sent);
  const decided = differences.slice(0, differences.indexOf(sent.at(-1) as Difference) + 1);
  const notes = [`It ended after ${maxSources} sources were sent: the next run goes on.`];
  const counted = { ...countsOf(decided, verdicts), sources: step.sources, notes };
  return { position: before.position, totals: sum(before.totals, counted), done: true };
}

function isSent(verdict: Verdict): boolean {
  return verdict !== undefined && verdict !== 'failures';
}

function countsOf(differences: readonly Difference[], verdicts: readonly Verdict[]): Totals {
  const of = (verdict: Verdict) => differences.filter((_, i) => verdicts[i] === verdict).length;
  return {
    ...NOTHING,
    missing: of('missing'),
    stale: of('stale'),
    orphans: of('orphans'),
    failures: of('failures'),
    unwanted: differences.reduce((all, { unwanted }) => all + unwanted.length, 0),
  };
}
