import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

test('three mistakes end the synthesis with three sentences and no stack trace', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'miniaturas-app-'));
  const miniaturas = { variants: [{ prefix: '/thumbs', width: 0 }], architecture: 'arm' };
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'bin/miniaturas.ts'], {
    env: { ...process.env, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify({ miniaturas }) },
    encoding: 'utf8',
  });
  rmSync(outdir, { recursive: true });
  expect(status).toBe(1);
  expect(stdout).toBe('');
  expect(stderr.trim().split('\n')).toEqual([
    expect.stringMatching(
      /^Expected a folder .* for miniaturas\.variants\[0\]\.prefix but received "\/thumbs"\.$/,
    ),
    'Expected a whole number of px from 1 to 16383 for miniaturas.variants[0].width but received 0.',
    'Expected one of arm64, x86_64 for miniaturas.architecture but received "arm".',
  ]);
});
