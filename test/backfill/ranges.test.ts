import fc from 'fast-check';
import { between, findRanges, type Range } from '../../ops/backfill/ranges';

const compare = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const PAGE = 10;

/** The ranges of a bucket with these keys, and how many pages it was asked for. */
async function rangesOf(keys: readonly string[], wanted = 8) {
  const sorted = [...new Set(keys)].sort(compare);
  let pages = 0;
  const ranges = await findRanges({
    compare,
    wanted,
    atOnce: 2,
    async pageAfter(key) {
      pages++;
      const behind = key === undefined ? sorted : sorted.filter(one => compare(one, key) > 0);
      const page = behind.slice(0, PAGE);
      const [first, last] = [page[0], page.at(-1)];
      return { ...(first !== undefined && { first, last }), more: behind.length > PAGE } as never;
    },
  });
  const within = ({ after, upTo }: Range) =>
    sorted.filter(
      key =>
        (after === undefined || compare(key, after) > 0) && (upTo === undefined || compare(key, upTo) <= 0),
    );
  return { sorted, pages, ranges, shares: ranges.map(within) };
}

const key = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 });

test('each key is in one range', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(key, { maxLength: 120 }),
      fc.integer({ min: 1, max: 20 }),
      async (keys, wanted) => {
        const { sorted, shares } = await rangesOf(keys, wanted);
        expect(shares.flat().sort(compare)).toEqual(sorted);
      },
    ),
  ));

test('what lies between two keys does so in the order of bytes', () =>
  fc.assert(
    fc.property(key, fc.option(key, { nil: undefined }), (a, b) => {
      const [low, high] = b === undefined || compare(a, b) < 0 ? [a, b] : [b, a];
      const middle = between(low, high);
      if (middle === undefined) return;
      expect(Buffer.from(middle).toString()).toBe(middle);
      expect(compare(low, middle)).toBeLessThan(0);
      if (high !== undefined) expect(compare(middle, high)).toBeLessThan(0);
    }),
  ));

const numbered = (count: number, name: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => name(i));

test.each([
  [
    'numbered in one deep folder',
    numbered(2000, i => `a/very/deep/folder/of/photos/IMG_${`${i}`.padStart(5, '0')}.JPG`),
  ],
  ['by date', numbered(2000, i => `20${10 + (i % 15)}/${`${1 + (i % 12)}`.padStart(2, '0')}/${i}.jpg`)],
  ['hexadecimal', numbered(2000, i => `${((i * 2654435761) % 2 ** 32).toString(16)}.jpg`)],
  ['in Japanese', numbered(2000, i => `写真/${String.fromCodePoint(0x3042 + (i % 80))}${i}.jpg`)],
  ['some in folders, some not', numbered(2000, i => (i % 3 ? `albums/${i % 50}/${i}.jpg` : `${i}.jpg`))],
])('names %s are split evenly enough', async (_, keys) => {
  const { shares, pages } = await rangesOf(keys, 16);
  expect(shares.length).toBeGreaterThanOrEqual(12);
  expect(Math.max(...shares.map(({ length }) => length))).toBeLessThan(keys.length / 4);
  expect(pages).toBeLessThan(300);
});

test('what fits on a page is one range, found with one page', async () => {
  expect(await rangesOf(['a', 'b'])).toMatchObject({ pages: 1, ranges: [{}] });
  expect(await rangesOf([])).toMatchObject({ pages: 1, ranges: [{}] });
});
