import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import sharp from 'sharp';
import { limitsFor } from '../../lambda/thumbnail/model/limits';
import { estimateMemory } from '../../lambda/thumbnail/render/admit/memory';
import type { Header } from '../../lambda/thumbnail/render/read/header';
import { variant } from '../render/variants';
import { requires } from '../support/requires';

/** Functions of these sizes; `MINIATURAS_ENDURANCE=512,1024,1769,3008` takes longer and needs 4 GiB. */
const MEMORY_MIB = (process.env.MINIATURAS_ENDURANCE ?? '').split(',').map(Number).filter(Boolean);
const SIZES = MEMORY_MIB.length > 0 ? MEMORY_MIB : [512];

type Written = {
  format: string;
  progressive: boolean;
  write: (image: sharp.Sharp) => sharp.Sharp;
  side: number;
};
const FORMATS: Record<string, Written> = {
  JPEG: { format: 'jpeg', progressive: false, side: 65_500, write: image => image.jpeg() },
  'progressive JPEG': {
    format: 'jpeg',
    progressive: true,
    side: 65_500,
    write: image => image.jpeg({ progressive: true }),
  },
  PNG: {
    format: 'png',
    progressive: false,
    side: 65_500,
    write: image => image.png({ compressionLevel: 1 }),
  },
  WebP: { format: 'webp', progressive: false, side: 16_383, write: image => image.webp({ effort: 0 }) },
  TIFF: {
    format: 'tiff',
    progressive: false,
    side: 65_500,
    write: image => image.tiff({ compression: 'deflate' }),
  },
  AVIF: { format: 'avif', progressive: false, side: 16_383, write: image => image.avif({ effort: 0 }) },
};

const folder = mkdtempSync(join(tmpdir(), 'miniaturas-limits-'));
const program = join(folder, 'render-file.js');
afterAll(() => rmSync(folder, { recursive: true }));

/** Long runs, for CI: `MINIATURAS_ENDURANCE=yes npm run jest -- test/endurance`. */
requires(process.env.MINIATURAS_ENDURANCE, 'MINIATURAS_ENDURANCE (long runs, for CI)').describe.each(SIZES)(
  'a function of %i MiB',
  memoryMiB => {
    const rows: Record<string, object> = {};
    beforeAll(() => {
      buildSync({
        entryPoints: [join(__dirname, 'render-file.ts')],
        bundle: true,
        platform: 'node',
        external: ['sharp', '@imagemagick/magick-wasm'],
        outfile: program,
        logLevel: 'error',
      });
    });
    afterAll(() => {
      console.log(
        `The largest sources that the limits of ${memoryMiB} MiB let through, and what the process took:`,
      );
      console.table(rows);
    });

    test.each(Object.keys(FORMATS))(
      'holds the largest %s that its limits let through',
      async name => {
        const { format, progressive, write, side: most } = FORMATS[name] as Written;
        const side = largestSide({ format, progressive, most }, memoryMiB);
        const file = join(folder, `largest.${format}`);
        const plain = { width: side, height: side, channels: 3, background: '#7799bb' } as const;
        await write(sharp({ create: plain, limitInputPixels: false })).toFile(file);
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
  },
);

/** The side in px of the largest square that the limits let through. */
function largestSide(
  { format, progressive, most }: { format: string; progressive: boolean; most: number },
  memoryMiB: number,
): number {
  const limits = limitsFor(memoryMiB, 60);
  const fits = (side: number) => {
    const size = { width: side, height: side };
    const metadata = { format, autoOrient: size, depth: 'uchar', hasProfile: false };
    const header = { kind: { format }, size, frames: 1, progressive, metadata } as unknown as Header;
    const bytes = estimateMemory(header, [variant()], limits) ?? 0;
    return side ** 2 <= limits.megapixels * 1e6 && bytes <= limits.memoryMiB * 2 ** 20;
  };
  let side = most;
  while (!fits(side)) side -= 10;
  return side;
}
