import { cost, usage } from '../../lib/cost';
import { runCommand } from './installation';

test('--json prints one line: the workload and its cost', async () => {
  const { code, out } = await runCommand('cost', [
    '--json',
    '--images',
    '5000',
    '--mb',
    '4',
    '--variants',
    '2',
  ]);
  expect(code).toBe(0);
  const said = JSON.parse(out);
  const work = {
    meanMB: 4,
    variants: 2,
    announced: 2,
    architecture: 'arm64',
    memoryMiB: 1769,
    batchSize: 10,
  } as const;
  expect(said).toMatchObject({ images: 5000, ...work });
  expect(said.dollars.total).toBeCloseTo((cost(usage(work), work).total * 5000) / 1e6);
});

test('a mistake is one sentence, and exit code 1', async () => {
  const { code, err } = await runCommand('cost', ['--images', 'many']);
  expect(code).toBe(1);
  expect(err).toContain('Expected a number above 0 for --images but received many.');
});
