import { tables } from '../../bench/results/billed.json';
import { cost, costLine, MEASURED, usage, type Workload } from '../../lib/cost';

const WORK: Workload = {
  meanMB: 2.6,
  variants: 1,
  announced: 1,
  architecture: 'arm64',
  memoryMiB: 1769,
  batchSize: 10,
};

const costOf = (work: Workload) => cost(usage(work), work);

test('counts the requests that a million images make', () => {
  const { s3, sqs } = costOf(WORK);
  // One write at $5, two looks at $0.40 a million.
  expect(s3).toBeCloseTo(5.8);
  // Image and thumbnail are announced; each is sent alone, and received and deleted with nine others.
  expect(sqs).toBeCloseTo(2 * 1.2 * 0.4);
});

test('a variant with its own suffix is not announced', () => {
  expect(costOf({ ...WORK, announced: 0 }).sqs).toBeCloseTo(1.2 * 0.4);
});

test('adds up, and costs more with more memory, variants and bytes', () => {
  const { lambda, s3, sqs, logs, total } = costOf(WORK);
  expect(total).toBeCloseTo(lambda + s3 + sqs + logs);
  for (const more of [
    { memoryMiB: 3008 },
    { variants: 2 },
    { meanMB: 5 },
    { architecture: 'x86_64' as const },
  ]) {
    expect(costOf({ ...WORK, ...more }).total).toBeGreaterThan(total);
  }
  expect(costOf({ ...WORK, batchSize: 40 }).lambda).toBeLessThan(lambda);
});

test('synth says it in one line', () => {
  expect(costLine(WORK)).toMatch(/^About \$\d+\.\d\d for a million images of 2\.6 MB: .*npm run cost\)\.$/);
});

test('estimates with the times that the bench measured last', () => {
  const row = tables[0]?.rows.find(([first]) => first === 'ours, batches of 10') ?? [];
  const [billed, cpu] = [Number(row[1]), Number(row[2])];
  expect(MEASURED.cpuMs / cpu).toBeGreaterThan(0.9);
  expect(MEASURED.cpuMs / cpu).toBeLessThan(1.1);
  expect(usage(WORK).billedMs / billed).toBeGreaterThan(0.9);
  expect(usage(WORK).billedMs / billed).toBeLessThan(1.1);
});
