import { WORK } from '../../bench/dollars';
import { tables as billed } from '../../bench/results/billed.json';
import { tables as coldStart } from '../../bench/results/cold-start.json';
import { tables as render } from '../../bench/results/render.json';
import { tables as variants } from '../../bench/results/variants.json';
import { usage } from '../../lib/cost/cost';
import { at, FORMATS, MEASURED } from '../../lib/cost/measured';

type Table = { readonly rows: readonly (readonly unknown[])[] };

/** A number of a row of the bench's first table. */
function measured(tables: readonly Table[], name: string, column: number): number {
  return Number(tables[0]?.rows.find(([first]) => first === name)?.[column]);
}

describe('the times of the estimate are those that the bench measured last', () => {
  test.each([
    ['CPU of a JPEG', MEASURED.formats.jpeg.cpuMs, measured(billed, 'ours, batches of 10', 2)],
    [
      'billed time of a JPEG',
      usage({ ...WORK, batchSize: 10 }).billedMs,
      measured(billed, 'ours, batches of 10', 1),
    ],
    ['a cold start', MEASURED.initMs, measured(coldStart, 'ours', 1)],
    ['a variant of 200 px', at(MEASURED.byLargestPx, 200), measured(render, 'ours', 1)],
    ['a variant of 1600 px', at(MEASURED.byLargestPx, 1600), measured(variants, '1600', 1)],
    ['two variants', at(MEASURED.byVariants, 2), measured(variants, '1600, 200', 2)],
    ['four variants', at(MEASURED.byVariants, 4), measured(variants, '1600, 200, 800, 400', 2)],
    [
      'eight variants',
      at(MEASURED.byVariants, 8),
      measured(variants, '1600, 200, 800, 400, 1200, 100, 600, 300', 2),
    ],
  ])('%s', (_, assumed, last) => {
    expect(assumed / last).toBeGreaterThan(0.9);
    expect(assumed / last).toBeLessThan(1.1);
  });
});

test('each format has a time and a size', () => {
  expect(Object.keys(MEASURED.formats).toSorted()).toEqual(FORMATS.toSorted());
  for (const { cpuMs, megabytes } of Object.values(MEASURED.formats)) {
    expect(cpuMs).toBeGreaterThan(0);
    expect(megabytes).toBeGreaterThan(0);
  }
});

test.each([
  [0, 10],
  [1, 10],
  [2, 15],
  [3, 20],
  [5, 60],
  [7, 100],
])('a curve at %i is %i', (x, y) => {
  const points = [
    [1, 10],
    [3, 20],
    [5, 60],
  ] as const;
  expect(at(points, x)).toBeCloseTo(y);
});
