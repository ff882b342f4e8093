import { App } from 'aws-cdk-lib';
import { loadConfig } from '../../lib/config/load';
import { repairRun } from '../../lib/cost/repair';
import { costLine, standbyOf, workOf } from '../../lib/cost/work';
import { jsonOf, report } from '../../ops/cost-report';

const run = (sources: number, variants = 1) => repairRun({ sources, variants, architecture: 'arm64' });

test('a page holds a thousand keys, of sources and of each variant’s thumbnails', () => {
  expect(run(200_000).pages).toBe(400);
  expect(run(200_001, 3).pages).toBe(4 * 201);
  expect(run(0).pages).toBe(2);
});

test('listings cost as much as writing, the rest little', () => {
  const { s3, lambda, stepFunctions, total } = run(100_000_000).dollars;
  expect(s3).toBeCloseTo(1, 6);
  expect(lambda).toBeLessThan(0.2);
  expect(stepFunctions).toBeLessThan(0.01);
  expect(total).toBe(s3 + lambda + stepFunctions);
});

test('a slice is two states, a run one more', () => {
  expect(run(1000)).toMatchObject({ slices: 1, dollars: { stepFunctions: 3 * 25e-6 } });
});

test('several variants take CPU time, which is what the function waits for', () => {
  expect(run(1e6, 4).seconds).toBeCloseTo(2.5 * run(1e6, 1).seconds, 3);
});

test.each([
  // docs/repair.md
  [200_000, '0.00', 1],
  [10_000_000, '0.11', 3],
  [100_000_000, '1.11', 28],
  [1_000_000_000, '11.12', 277],
])('%i images: $%s in %i slices', (sources, dollars, slices) => {
  const { dollars: spent, slices: needed } = run(sources);
  expect([spent.total.toFixed(2), needed]).toEqual([dollars, slices]);
});

const configOf = (miniaturas: object) => loadConfig(new App({ context: { miniaturas } }).node);

test('npm run cost has a row for it where a repair is configured', () => {
  const config = configOf({});
  const { maxConcurrency } = config;
  const question = { images: 10e6, work: workOf(config), maxConcurrency, standby: standbyOf(config) };
  const row = (isRepaired: boolean) =>
    report({ ...question, isRepaired }).filter(line => line.startsWith('a repair'));
  expect(row(false)).toEqual([]);
  expect(row(true)).toEqual([expect.stringMatching(/^a repair +0\.11 +20,000 pages .* in 28 minutes/)]);
  expect(jsonOf({ ...question, isRepaired: false })).not.toHaveProperty('repair');
  expect(jsonOf({ ...question, isRepaired: true })).toMatchObject({ repair: run(10e6) });
});

test('synth says it where a repair is configured', () => {
  const line = (miniaturas: object) => costLine(configOf(miniaturas));
  expect(line({})).not.toContain('repair');
  expect(line({ repair: { schedule: 'rate(1 day)' } })).toMatch(
    /A repair looks at a million images for \$0\.01, and has 100,000 made anew at most\.$/,
  );
});
