import { tables } from '../../bench/results/billed.json';
import { costLine, miniaturas, onTheFly, pillowStyle, type Workload } from '../../lib/cost/estimate';
import { MEASURED } from '../../lib/cost/measured';

const WORK: Workload = {
  meanMB: 2.6,
  variants: 1,
  announced: 1,
  architecture: 'arm64',
  memoryMiB: 1769,
  batchSize: 10,
};

test('counts the requests that a million images make', () => {
  const { s3, sqs } = miniaturas(WORK);
  // One write at $5, two looks at $0.40 a million.
  expect(s3).toBeCloseTo(5.8);
  // Image and thumbnail are announced; each is sent alone, and received and deleted with nine others.
  expect(sqs).toBeCloseTo(2 * 1.2 * 0.4);
  expect(pillowStyle(WORK).s3).toBeCloseTo(5.4);
  expect(onTheFly(WORK, 3).s3).toBeCloseTo(3 * 0.4);
});

test('a suffix of its own keeps a variant from being announced', () => {
  expect(miniaturas({ ...WORK, announced: 0 }).sqs).toBeCloseTo(1.2 * 0.4);
});

test('adds up, and costs more with more memory, variants and bytes', () => {
  const { lambda, s3, sqs, logs, total } = miniaturas(WORK);
  expect(total).toBeCloseTo(lambda + s3 + sqs + logs);
  for (const more of [
    { memoryMiB: 3008 },
    { variants: 2 },
    { meanMB: 5 },
    { architecture: 'x86_64' as const },
  ]) {
    expect(miniaturas({ ...WORK, ...more }).total).toBeGreaterThan(total);
  }
  expect(miniaturas({ ...WORK, batchSize: 40 }).lambda).toBeLessThan(lambda);
});

test('is one line at synth', () => {
  expect(costLine(WORK)).toMatch(/^About \$\d+\.\d\d for a million images of 2\.6 MB: .*npm run cost\)\.$/);
});

test.each([
  ['ours, batches of 10', MEASURED.miniaturas, 10],
  ['tutorial (Python, Pillow)', MEASURED.pillow, 1],
] as const)('goes by what was measured last: %s', (name, { cpuMs, waitingMs }, batch) => {
  const row = tables[0]?.rows.find(([first]) => first === name) ?? [];
  const [billed, cpu] = [Number(row[1]), Number(row[2])];
  expect(cpuMs / cpu).toBeGreaterThan(0.9);
  expect(cpuMs / cpu).toBeLessThan(1.1);
  expect((cpuMs + waitingMs / batch) / billed).toBeGreaterThan(0.9);
  expect((cpuMs + waitingMs / batch) / billed).toBeLessThan(1.1);
});
