import type { Found } from './difference';
import { sortable } from './key-order';
import type { Lane } from './lanes';
import type { Undecided } from './undecided';

/** How far a comparison got. JSON can hold it; it is a few hundred bytes. */
export interface Position {
  /** The listings are done with up to this place: a key without the listing's prefix. */
  readonly listed: string;
  /** Of these sources thumbnails may come behind it. */
  readonly undecided: readonly Found[];
}

/** Goes through several listings at once, in the order of their places: keys without the listing's prefix. */
export interface Walk {
  /** Gets the next pages of the listings whose page has ended. */
  fill(): Promise<void>;
  /** Goes on until a page ends. @returns the sources of which nothing can come any more, each just then */
  decided(): Generator<Found, void, undefined>;
  /** Behind the source that was decided last. */
  readonly position: Position;
  readonly isAtEnd: boolean;
  close(): Promise<void>;
}

export function walkThrough(
  lanes: readonly Lane[],
  {
    undecided,
    after,
    isInRange,
  }: {
    readonly undecided: Undecided;
    /** The place after which the listings begin. */
    readonly after: string;
    /** Whether a source counts. */
    readonly isInRange: (key: string) => boolean;
  },
): Walk {
  const start = sortable(after);
  /** Where the walk is; some listings may have more at this place. */
  let here = { place: after, order: start };
  /** All places up to this one are done with. */
  let listed = after;

  function add({ cursor, sourceKeyOf, add }: Lane): void {
    const { object } = cursor;
    if (object === undefined) return;
    const key = cursor.order > start ? sourceKeyOf(object.key) : undefined;
    if (key !== undefined && isInRange(key)) add(undecided.entryOf(key), object);
    cursor.advance();
  }

  return {
    async fill() {
      await Promise.all(lanes.map(({ cursor }) => cursor.fill()));
    },
    *decided() {
      while (!lanes.some(({ cursor }) => cursor.isAtPageEnd)) {
        const next = nearest(lanes);
        if (next === undefined || next.cursor.order > here.order) listed = here.place;
        const order = next?.cursor.order;
        for (let found = undecided.takeBefore(order); found; found = undecided.takeBefore(order)) yield found;
        if (next === undefined) return;
        if (next.cursor.order > here.order) here = { place: next.cursor.place, order: next.cursor.order };
        add(next);
      }
    },
    get position() {
      return { listed, undecided: undecided.copy() };
    },
    get isAtEnd() {
      return lanes.every(({ cursor }) => cursor.isAtEnd);
    },
    async close() {
      await Promise.all(lanes.map(({ cursor }) => cursor.close()));
    },
  };
}

/** The lane that has the first object; undefined if all are at their ends. */
function nearest(lanes: readonly Lane[]): Lane | undefined {
  let first: Lane | undefined;
  for (const lane of lanes) {
    if (lane.cursor.isAtEnd) continue;
    if (first === undefined || lane.cursor.order < first.cursor.order) first = lane;
  }
  return first;
}
