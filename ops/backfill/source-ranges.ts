import { sortable } from '../../lambda/repair/model/key-order';
import type { Pages, Wanted } from '../../lambda/repair/model/listed';
import { findRanges, type Page, type Range } from './ranges';

/** A bucket with more sources than this is listed in ranges. */
const LARGE = 10_000;
/** More ranges than are listed at a time: their sizes differ. */
const RANGES = 32;
const PAGES_AT_ONCE = 8;

/** The ranges in which the sources that begin so are to be listed: one, unless they are many. */
export async function sourceRanges(
  list: (wanted: Wanted) => Pages,
  { prefix, except }: { readonly prefix: string; readonly except: readonly string[] },
): Promise<readonly Range[]> {
  const whole = wholeRange(prefix);
  if (!(await isLarge(list({ prefix, except })))) return [whole];
  const ranges = await findRanges({
    pageAfter: after => firstPage(list({ prefix, except, ...(after !== undefined && { after }) })),
    compare: (a, b) => (sortable(a) < sortable(b) ? -1 : Number(sortable(a) > sortable(b))),
    wanted: RANGES,
    atOnce: PAGES_AT_ONCE,
  });
  return ranges.map(range => ({ ...whole, ...range }));
}

async function isLarge(pages: Pages): Promise<boolean> {
  let count = 0;
  for await (const page of pages) {
    count += page.length;
    if (count > LARGE) return true;
  }
  return false;
}

async function firstPage(pages: Pages): Promise<Page> {
  let first: Page = { more: false };
  for await (const page of pages) {
    if (page.length === 0) continue;
    if (first.first !== undefined) return { ...first, more: true };
    first = { first: page[0]?.key as string, last: page.at(-1)?.key as string, more: false };
  }
  return first;
}

/** The last character that there is: what begins like a key goes on with none behind it. */
const LAST = '\u{10ffff}';

/** All keys that begin so, and hardly any other. */
function wholeRange(prefix: string): Range {
  const characters = [...prefix];
  const last = characters.pop()?.codePointAt(0);
  if (last === undefined) return {};
  const before = last === 0xe000 ? 0xd7ff : last - 1;
  const beginning = characters.join('');
  const after = before < 0 ? beginning : `${beginning}${String.fromCodePoint(before)}${LAST}`;
  return { ...(after !== '' && { after }), upTo: `${prefix}${LAST}` };
}
