import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WORK } from '../../bench/dollars';
import { markdown } from '../../bench/part';
import { scale } from '../../bench/parts/scale';
import { usage } from '../../lib/cost/cost';
import { forecast, LIMITS, MOST_WAITING } from '../../lib/cost/scale';

const work = { ...WORK, batchSize: 10 };
const of = (images: number, maxConcurrency: number) => forecast({ images, work, maxConcurrency });

test('docs/scale.md has the table as it is simulated', async () => {
  const page = readFileSync(join(__dirname, '../../docs/scale.md'), 'utf8');
  const [table] = await scale.run({ photos: [], quick: true, work: '', note: () => undefined });
  const lines = markdown(table as NonNullable<typeof table>)
    .split('\n')
    .filter(line => line.startsWith('|'));
  expect(page).toContain(lines.join('\n'));
});

test('in the long run it takes the time that the functions need', () => {
  const seconds = (usage(work).billedMs * 1e7) / 1000 / 10;
  expect(of(1e7, 10).seconds / seconds).toBeCloseTo(1, 2);
});

test('no more wait than a backfill lets wait', () => {
  expect(of(1e7, 10).deepest).toBeLessThanOrEqual(MOST_WAITING);
  expect(of(1e5, 10).deepest).toBeGreaterThan(80_000);
});

test('beyond what S3 bears for a prefix more functions do not help', () => {
  expect(of(1e8, 200).seconds).toBe(of(1e8, 1000).seconds);
  expect(of(1e8, 1000).getsASecond).toBe(LIMITS.getsASecond);
  expect(of(1e8, 50).seconds).toBeGreaterThan(of(1e8, 100).seconds);
});

test('the price does not change with the functions, and grows with the images', () => {
  expect(of(1e6, 10).dollars).toBe(of(1e6, 500).dollars);
  expect(of(1e7, 10).dollars).toBeCloseTo(10 * of(1e6, 10).dollars);
  expect(of(1e6, 10).lookDollars).toBeCloseTo(0.01);
});
