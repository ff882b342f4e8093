/** What a run has done so far; at its end its summary, and the execution's output. JSON can hold it. */
export interface Totals {
  /** Parts of the bucket that were gone through, an invocation each. */
  readonly slices: number;
  /** Objects that were looked at as sources, watched or not. */
  readonly sources: number;
  /** Sources that were sent because a thumbnail is missing. */
  readonly missing: number;
  /** Sources that were sent because a thumbnail is older than they are, and none is missing. */
  readonly stale: number;
  /** Sources that are gone and were sent because thumbnails of them are still there. */
  readonly orphans: number;
  /** Sources that were not sent because they are among the failures: `npm run failures`. */
  readonly failures: number;
  /** Thumbnails of sources that their variant is not for (`from`, `except`). They stay: `npm run backfill` removes them. */
  readonly unwanted: number;
  /** What a reader of the summary must know besides, in a sentence each. */
  readonly notes: readonly string[];
}

export const NOTHING: Totals = {
  slices: 0,
  sources: 0,
  missing: 0,
  stale: 0,
  orphans: 0,
  failures: 0,
  unwanted: 0,
  notes: [],
};

/** The totals of two parts of a run; a note of both is one. */
export function sum(a: Totals, b: Totals): Totals {
  return {
    slices: a.slices + b.slices,
    sources: a.sources + b.sources,
    missing: a.missing + b.missing,
    stale: a.stale + b.stale,
    orphans: a.orphans + b.orphans,
    failures: a.failures + b.failures,
    unwanted: a.unwanted + b.unwanted,
    notes: [...new Set([...a.notes, ...b.notes])],
  };
}

/** Messages that were sent. */
export function sentOf({ missing, stale, orphans }: Totals): number {
  return missing + stale + orphans;
}
