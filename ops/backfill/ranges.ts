import { inParallel } from '../in-parallel';

/** Keys to look at: after one, up to and with another, in S3's order. */
export interface Range {
  readonly after?: string;
  readonly upTo?: string;
}

/** One page of a listing, by its ends. */
export interface Page {
  /** Undefined where there is no key. */
  readonly first?: string;
  readonly last?: string;
  /** Whether there are keys behind it. */
  readonly more: boolean;
}

export interface RangeOptions {
  /** A page of the listing that begins after a key. */
  readonly pageAfter: (key: string | undefined) => Promise<Page>;
  /** S3's order of keys. */
  readonly compare: (a: string, b: string) => number;
  /** How many ranges are enough. */
  readonly wanted: number;
  /** Pages asked for at a time. */
  readonly atOnce: number;
}

/** A range of which more than the first page is to be listed. */
interface Open extends Range {
  /** The ends of its first page. */
  readonly first: string;
  readonly last: string;
  /** No key of the range lies behind it. */
  readonly end: string | undefined;
}

/** Pages asked for in vain before a range is taken as one that cannot be split. */
const MAX_TRIES = 30;

/**
 * Splits a listing into ranges that can be listed at the same time. S3 does not tell how many keys lie between two: a range is
 * split where a page in the middle of its names has keys, until there are enough ranges or none is larger than a page.
 */
export async function findRanges(options: RangeOptions): Promise<Range[]> {
  const { pageAfter, wanted, atOnce } = options;
  const done: Range[] = [];
  let open: Open[] = [];
  const add = (range: Range, page: Page, end: string | undefined, to: Open[]) => {
    const { first, last, more } = page;
    const isPage =
      !more || first === undefined || last === undefined || options.compare(last, end ?? last) > 0;
    if (isPage) done.push(range);
    else to.push({ ...range, first, last, end });
  };
  add({}, await pageAfter(undefined), undefined, open);
  while (open.length > 0 && open.length + done.length < wanted) {
    const next: Open[] = [];
    await inParallel(open, { atOnce }, async range => {
      const split = await splitOf(range, options);
      if (!split) return void done.push(boundsOf(range));
      const { at, page, end } = split;
      next.push({ ...range, upTo: at, end: at });
      add(boundsOf({ ...range, after: at }), page, end, next);
    });
    open = next;
  }
  return [...done, ...open.map(boundsOf)];
}

function boundsOf({ after, upTo }: Range): Range {
  return { ...(after !== undefined && { after }), ...(upTo !== undefined && { upTo }) };
}

/** A place with keys behind it, the page there, and the range's end as far as it is known then. */
interface Split {
  readonly at: string;
  readonly page: Page;
  readonly end: string | undefined;
}

/** Where to split a range, about in the middle of its names; undefined if no place is found. */
async function splitOf(range: Open, options: RangeOptions): Promise<Split | undefined> {
  const { pageAfter, compare } = options;
  let end = await endOf(range, options);
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const at = between(range.last, end);
    if (at === undefined) return undefined;
    const page = await pageAfter(at);
    if (!isBehind(page, end, compare)) return { at, page, end };
    end = at;
  }
  return undefined;
}

/**
 * A range's end, nearer than it was known. Most listings are of one folder with many keys, whose names begin alike: the longest
 * beginning of the first page's names that all others have too.
 */
async function endOf(
  { first, last, end: known }: Open,
  { pageAfter, compare }: RangeOptions,
): Promise<string | undefined> {
  const beginning = [...commonBeginning(first, last)];
  let end = known;
  let [shared, tooLong] = [0, beginning.length + 1];
  while (tooLong - shared > 1) {
    const length = (shared + tooLong) >> 1;
    const at = `${beginning.slice(0, length).join('')}${BEHIND_ALL}`;
    const isShared =
      (end !== undefined && compare(at, end) >= 0) || isBehind(await pageAfter(at), end, compare);
    if (!isShared) tooLong = length;
    else {
      shared = length;
      if (end === undefined || compare(at, end) < 0) end = at;
    }
  }
  return end;
}

/** Whether a page begins behind an end, or has no key at all. */
function isBehind({ first }: Page, end: string | undefined, compare: RangeOptions['compare']): boolean {
  return first === undefined || (end !== undefined && compare(first, end) > 0);
}

function commonBeginning(a: string, b: string): string {
  const [left, right] = [[...a], [...b]];
  const end = left.findIndex((character, i) => character !== right[i]);
  return left.slice(0, end === -1 ? undefined : end).join('');
}

/** Hardly a name goes on with what is behind this character. */
const BEHIND_ALL = '\ufffd';
/** The first character behind ASCII and its controls. */
const BEYOND_ASCII = 0xa1;
/** Hardly a key has characters beyond the emoji. */
const LAST = 0x1_ffff;
const SURROGATES = [0xd7ff, 0xe000] as const;

/**
 * A short text between two, of whole printable characters (a key is UTF-8); undefined if none is found.
 *
 * @param high undefined for no bound
 */
export function between(low: string, high: string | undefined): string | undefined {
  const from = [...low];
  let to = high === undefined ? undefined : [...high];
  let shared = '';
  for (const character of [...from, undefined]) {
    const start = character?.codePointAt(0) ?? 0x1f;
    const end = to === undefined ? LAST : to[[...shared].length]?.codePointAt(0);
    if (end === undefined) return undefined;
    const middle = middleOf(start, end);
    if (middle !== undefined) return shared + String.fromCodePoint(middle);
    if (character === undefined) return undefined;
    // Whatever begins so is below `high` if this character is.
    if (start !== end) to = undefined;
    shared += character;
  }
  return undefined;
}

/** A printable character between two; first of all the one that parts ASCII from the rest, as most keys have none of the rest. */
function middleOf(start: number, end: number): number | undefined {
  const [low, high] = [Math.max(start, 0x1f), Math.min(end, LAST)];
  if (low < BEYOND_ASCII && high > BEYOND_ASCII) return BEYOND_ASCII;
  const middle = (low + (low < BEYOND_ASCII ? Math.min(high, 0x7f) : high)) >> 1;
  const isSurrogate = middle > SURROGATES[0] && middle < SURROGATES[1];
  const chosen = isSurrogate ? SURROGATES[1] : middle;
  return chosen > start && chosen < end ? chosen : undefined;
}
