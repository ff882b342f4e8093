import type { Found } from './difference';
import { sortable } from './key-order';

/** A {@link Found} that grows. */
export type Entry = { -readonly [Name in keyof Found]: Found[Name] } & {
  readonly thumbnails: (number | null)[];
};

/**
 * The sources that were seen and of which a thumbnail may yet come. At any place of the listings their keys are beginnings of one
 * key: each is before that place, and the same key with a suffix after it. So there are no more of them than a key has bytes, and
 * nearly always one.
 */
export interface Undecided {
  /** The entry of a key, a new one if there is none. */
  entryOf(key: string): Entry;
  /** Removes one that nothing at this place (`sortable` text; undefined: the end) or after it belongs to; undefined: there is none. */
  takeBefore(place: string | undefined): Found | undefined;
  /** All, as they are now. */
  copy(): readonly Found[];
}

/**
 * @param suffixes of the variants
 * @param before those of an earlier comparison
 */
export function undecidedSources(suffixes: readonly string[], before: readonly Found[]): Undecided {
  const greatest = suffixes.map(sortable).reduce((a, b) => (b > a ? b : a), '');
  /** By the last place where a thumbnail can be, the nearest one at the end. */
  const waiting: { readonly entry: Entry; readonly last: string }[] = [];
  const add = (entry: Entry) => {
    const last = sortable(entry.key) + greatest;
    waiting.splice(waiting.findLastIndex(other => other.last > last) + 1, 0, { entry, last });
    return entry;
  };
  for (const { thumbnails, ...found } of before) add({ ...found, thumbnails: [...thumbnails] });

  return {
    entryOf: key =>
      waiting.findLast(({ entry }) => entry.key === key)?.entry ??
      add({ key, thumbnails: suffixes.map(() => null) }),
    takeBefore(place) {
      const next = waiting.at(-1);
      if (next === undefined || (place !== undefined && next.last >= place)) return undefined;
      waiting.pop();
      return next.entry;
    },
    copy: () => waiting.map(({ entry }) => ({ ...entry, thumbnails: [...entry.thumbnails] })),
  };
}
