import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { THREADS } from '../../lib/bundle/options';
import { variant } from '../render/variants';
import { longRuns } from '../support/requires';
import { FORMATS, largest } from './largest';

/** Functions of these sizes; `MINIATURAS_ENDURANCE=512,1024,1769,3008` takes longer and needs 4 GiB. */
const MEMORY_MIB = (process.env.MINIATURAS_ENDURANCE ?? '').split(',').map(Number).filter(Boolean);
const SIZES = MEMORY_MIB.length > 0 ? MEMORY_MIB : [512];

const folder = mkdtempSync(join(tmpdir(), 'miniaturas-limits-'));
const program = join(folder, 'render-file.js');
afterAll(() => rmSync(folder, { recursive: true }));

longRuns().describe.each(SIZES)('a function of %i MiB', memoryMiB => {
  const rows: Record<string, object> = {};
  beforeAll(() => {
    buildSync({
      entryPoints: { 'render-file': join(__dirname, 'render-file.ts'), ...THREADS },
      bundle: true,
      platform: 'node',
      external: ['sharp', '@imagemagick/magick-wasm'],
      outdir: folder,
      logLevel: 'error',
    });
  });
  afterAll(() => {
    console.log(
      `The largest sources that the limits of ${memoryMiB} MiB let through, and what the process took:`,
    );
    console.table(rows);
  });

  test.each(FORMATS)(
    'holds the largest %s that its limits let through',
    async name => {
      const { image, side } = largest(name, memoryMiB, [variant()]);
      const file = join(folder, 'largest');
      await image.toFile(file);
      const { kind, detail, peakMiB } = JSON.parse(
        execFileSync(process.execPath, [program, file, `${memoryMiB}`], {
          env: { NODE_PATH: resolve('node_modules') },
          cwd: folder,
          encoding: 'utf8',
        }),
      );
      const sourceMiB = Number((statSync(file).size / 2 ** 20).toFixed(1));
      rows[name] = { megapixels: Math.floor(side ** 2 / 1e6), sourceMiB, peakMiB };
      expect({ kind, detail }).toEqual({ kind: 'rendered', detail: '' });
      expect(peakMiB).toBeLessThan(memoryMiB);
    },
    300_000,
  );
});
