import { compareListings } from '../../lambda/repair/model/compare';
import type { Listed, Pages, Wanted } from '../../lambda/repair/model/listed';
import type { Variant } from '../../lambda/thumbnail/model/variant';

const THUMBNAIL = { prefix: 'm/', suffix: 'z' } as Variant;
const COUNT = 200_000;
const PAGE = 1000;

const listed = (key: string, lastModified: number): Listed => ({ key, lastModified, size: 1, etag: '""' });

/** Sources that begin with each other (`a`, `aa`, …), then as many others as there are, below the last of them: all wait for a thumbnail. */
const CHAIN = Array.from({ length: 50 }, (_, i) => 'a'.repeat(i + 1));
const keyOf = (i: number) => `${CHAIN.at(-1)}/${String(i).padStart(8, '0')}`;

/** Generates pages only when they are asked for. */
function generated(counts: { asked: number }): (wanted: Wanted) => Pages {
  return ({ prefix }) =>
    (async function* () {
      const isSources = prefix === '';
      if (isSources) yield CHAIN.map(key => listed(key, 1));
      for (let i = 0; i < COUNT; i += PAGE) {
        counts.asked++;
        yield Array.from({ length: PAGE }, (_, j) =>
          isSources ? listed(keyOf(i + j), 1) : listed(`m/${keyOf(i + j)}z`, 2),
        );
      }
      if (!isSources) yield CHAIN.toReversed().map(key => listed(`m/${key}z`, 2));
    })();
}

test('what is held does not grow with the bucket, though all of a chain of keys wait for their thumbnails', async () => {
  const counts = { asked: 0 };
  const seen = { sources: 0, differences: 0, undecided: 0, ahead: 0 };
  for await (const step of compareListings({
    list: generated(counts),
    settings: { variants: [THUMBNAIL] },
  })) {
    seen.sources += step.sources;
    seen.differences += step.differences.length;
    seen.undecided = Math.max(seen.undecided, step.position.undecided.length);
    seen.ahead = Math.max(seen.ahead, counts.asked * PAGE - 2 * seen.sources);
  }
  expect(seen).toEqual({
    sources: COUNT + CHAIN.length,
    differences: 0,
    undecided: CHAIN.length + 1,
    ahead: expect.any(Number),
  });
  // Of the two listings a page each, and what was decided of them is let go of.
  expect(seen.ahead).toBeLessThanOrEqual(2 * PAGE + 2);
});
