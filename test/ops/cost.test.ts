import { readFileSync } from 'node:fs';
import { cost, usage } from '../../lib/cost/cost';
import { runCommand, runFromSource } from './installation';

const json = async (...args: string[]) => {
  const { code, out } = await runCommand('cost', ['--json', ...args]);
  expect(code).toBe(0);
  return JSON.parse(out);
};

test('--json prints one line: the workload of cdk.json, and its cost', async () => {
  const { variants } = JSON.parse(readFileSync('cdk.json', 'utf8')).context.miniaturas;
  const work = {
    mix: { jpeg: 1 },
    replaced: 0,
    coldStarts: 0.01,
    variants: variants.length,
    announced: 1,
    eventBridge: false,
    largestPx: 200,
    architecture: 'arm64',
    memoryMiB: 1769,
    batchSize: 10,
  } as const;
  const said = await json();
  expect(said).toMatchObject({ images: 1_000_000, ...work, maxConcurrency: 10 });
  expect(said.dollars.total).toBeCloseTo(cost(usage(work), work).total);
  expect(said.month.idleDollars).toBeCloseTo(0.2592 + 0.7 + 3);
});

test('options take the place of what cdk.json says, and of what is assumed', async () => {
  const work = {
    mix: { heic: 0.6, jpeg: 0.4 },
    meanMB: 4,
    replaced: 0.2,
    coldStarts: 0.05,
    variants: 3,
    announced: 3,
    eventBridge: false,
    largestPx: 800,
    architecture: 'x86_64',
    memoryMiB: 1024,
    batchSize: 4,
  } as const;
  const said = await json(
    ...['--images', '5000', '--mix', 'heic=60,jpeg=40', '--mb', '4', '--replaced', '20', '--starts', '5'],
    ...['--variants', '3', '--side', '800', '--architecture', 'x86_64', '--memory', '1024', '--batch', '4'],
    ...['--concurrency', '50'],
  );
  expect(said).toMatchObject({ images: 5000, ...work, maxConcurrency: 50 });
  expect(said.dollars.total).toBeCloseTo((cost(usage(work), work).total * 5000) / 1e6);
});

test('people get each service, the totals by architecture and memory, and what was assumed', async () => {
  const { code, out } = await runFromSource('cost', ['--mix', 'heic=60,jpeg=40', '--concurrency', '20']);
  expect(code).toBe(0);
  expect(out).toContain(
    '1,000,000 images (60 % heic, 40 % jpeg; 2.2 MB), 1 variant of 200 px, arm64, 1769 MiB',
  );
  expect(out).toMatch(/^S3 requests +5\.80 {2}/m);
  expect(out).toMatch(/^idle month +0\.26 .*648,000 times/m);
  expect(out).toMatch(/^x86_64( +\d+\.\d\d){4}$/m);
  expect(out).toContain('With 20 functions at once');
  expect(out).toContain('Assumed: full batches');
  for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
});

test.each([
  ['--images', 'many', 'Expected a whole number above 0 for --images but received many.'],
  ['--mb', '0', 'Expected a number above 0 for --mb but received 0.'],
  ['--replaced', '101', 'Expected a percentage from 0 to 100 for --replaced but received 101.'],
  ['--starts', 'none', 'Expected a percentage from 0 to 100 for --starts but received none.'],
  [
    '--mix',
    'jpeg=60',
    'Expected percentages that sum to 100 for --mix but received jpeg=60, which sums to 60.',
  ],
  ['--price', '1', "Unknown option '--price'."],
])('%s %s is a mistake of the command line: one sentence, exit code 2', async (option, value, sentence) => {
  const { code, out, err } = await runCommand('cost', [option, value]);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(sentence);
});

test('what takes the place of a setting is checked as that setting', async () => {
  const { code, err } = await runCommand('cost', ['--memory', '12', '--batch', '1.5']);
  expect(code).toBe(1);
  expect(err).toContain(
    'Expected a whole number of MiB from 256 to 10240 for miniaturas.memoryMiB but received 12.',
  );
  expect(err).toContain('Expected a whole number from 1 to 100 for miniaturas.batchSize but received 1.5.');
});
