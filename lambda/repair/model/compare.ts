import { type Criteria, type Difference, differenceOf } from './difference';
import { lanesOf, type Scope } from './lanes';
import { within } from './range';
import { undecidedSources } from './undecided';
import { type Position, walkThrough } from './walk';

export type { Position } from './walk';

export interface Comparison extends Criteria, Scope {
  /** Where an earlier comparison of the same scope and variants stopped. @default it starts at the beginning */
  readonly position?: Position | undefined;
  /** How many differences a step has at most. @default 10, which is what SQS takes in one request */
  readonly atMost?: number;
}

/** A part of a comparison. */
export interface Step {
  readonly differences: readonly Difference[];
  /** Behind these differences: a comparison that goes on from here finds all others, and none of those before. */
  readonly position: Position;
  /** How many sources were looked at since the last step, watched or not. */
  readonly sources: number;
}

/**
 * Compares a bucket's sources with their thumbnails by listings alone: one of the sources, and one of each variant's thumbnails. In
 * memory is about a page of each, however large the bucket is. A step comes with every page, also if it has no differences.
 *
 * The listings are gone through at once, by place (key without the variant's prefix). Other sources may lie between a source and
 * the place of its thumbnail: `a`, `a!`, `a!.thumb`, `a.thumb`. So a source is decided when the place of its last thumbnail is
 * passed, and sources are decided in the order of key and greatest suffix, which is nearly that of keys.
 *
 * @throws UnorderedListing, and whatever `list` throws
 */
export async function* compareListings(comparison: Comparison): AsyncGenerator<Step, void, undefined> {
  const { settings, range = {}, position, atMost = 10 } = comparison;
  const after = position?.listed ?? range.after ?? '';
  const suffixes = settings.variants.map(({ suffix }) => suffix);
  const walk = walkThrough(lanesOf(settings.variants, comparison, after), {
    undecided: undecidedSources(suffixes, position?.undecided ?? []),
    after,
    isInRange: within(range),
  });
  const step = (differences: readonly Difference[], sources: number) => ({
    differences,
    sources,
    position: walk.position,
  });
  try {
    while (!walk.isAtEnd) {
      await walk.fill();
      let differences: Difference[] = [];
      let sources = 0;
      for (const found of walk.decided()) {
        if (found.source) sources++;
        const difference = differenceOf(found, comparison);
        if (difference === undefined || differences.push(difference) < atMost) continue;
        yield step(differences, sources);
        differences = [];
        sources = 0;
      }
      yield step(differences, sources);
    }
  } finally {
    await walk.close();
  }
}
