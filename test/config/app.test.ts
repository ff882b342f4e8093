import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { app, build } from '../../cdk.json';

let outdir: string;
beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), 'miniaturas-app-'));
});
afterEach(() => rmSync(outdir, { recursive: true }));

test('three mistakes end the synthesis with three sentences and no stack trace', () => {
  const miniaturas = { variants: [{ prefix: '/thumbs', width: 0 }], architecture: 'arm' };
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'bin/miniaturas.ts'], {
    env: { ...process.env, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify({ miniaturas }) },
    encoding: 'utf8',
  });
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

test.each([
  [app, 'photo.jpg becomes miniaturas/photo.jpg.'],
  [build, 'sharp'],
])('%s does its work below `npx -p node@22` too', (command, told) => {
  const { status, stderr } = spawnSync(command, {
    shell: true,
    // Where npm tells it: an npx inside would take `tsx` for a program of that package, and offer to install it.
    env: { ...process.env, npm_config_package: 'node@22', npm_config_yes: 'false', CDK_OUTDIR: outdir },
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining(told) });
});

test('cdk.json is formatted as whoever edits it likes', () => {
  copyFileSync('biome.json', join(outdir, 'biome.json'));
  writeFileSync(join(outdir, 'cdk.json'), '{"context":\n{"miniaturas":{"memoryMiB":512   }}}');
  const biome = join(process.cwd(), 'node_modules/@biomejs/biome/bin/biome');
  const { status, stderr } = spawnSync(process.execPath, [biome, 'ci', '--vcs-enabled=false', outdir], {
    cwd: outdir,
    encoding: 'utf8',
  });
  expect({ status, stderr }).toMatchObject({ status: 0 });
});
