import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BuildOptions, buildSync } from 'esbuild';
import { THREADS } from '../../lib/bundle/options';
import { ENDURANCE } from '../support/requires';
import { heifOf, hevcItem } from './heif-file';
import { hevcOf } from './hevc';
import { quarters } from './pictures';
import { byMagick } from './write-magick';

const work = mkdtempSync(join(tmpdir(), 'miniaturas-bundle-'));
afterAll(() => rmSync(work, { recursive: true }));

const PACKAGES = join(__dirname, '..', '..', 'node_modules');
/** Packages without ImageMagick, as where the layer is left out. */
const SHARP_ALONE = join(work, 'sharp-alone');
mkdirSync(SHARP_ALONE);
symlinkSync(join(PACKAGES, 'sharp'), join(SHARP_ALONE, 'sharp'));

/** Renders with the core as a CommonJS bundle whose packages are in NODE_PATH, as on Lambda; says what read the source. */
function renderBundled(program: string, bytes: Uint8Array, packages: string): string {
  const file = join(work, 'source');
  writeFileSync(file, bytes);
  const env = { NODE_PATH: packages };
  return execFileSync(process.execPath, [program, file], { env, cwd: work, encoding: 'utf8' }).trim();
}

/** As it is deployed, and as others bundle. */
const BUNDLES: readonly { readonly name: string; readonly options: BuildOptions }[] = [
  { name: 'minified', options: { minify: true } },
  { name: 'plain', options: {} },
];

describe.each(ENDURANCE ? BUNDLES : BUNDLES.slice(0, 1))(
  'the core in a bundle, $name',
  ({ name, options }) => {
    const folder = join(work, name);
    const program = join(folder, 'bundled.js');
    beforeAll(() => {
      buildSync({
        entryPoints: { bundled: join(__dirname, 'bundled.ts'), ...THREADS },
        bundle: true,
        platform: 'node',
        target: 'node24',
        external: ['sharp', '@imagemagick/magick-wasm'],
        outdir: folder,
        logLevel: 'error',
        ...options,
      });
    });

    test('finds ImageMagick where it is needed', async () => {
      const qoi = await byMagick(await quarters().png().toBuffer(), 'Qoi');
      expect(renderBundled(program, qoi, PACKAGES)).toBe('magick');
      expect(renderBundled(program, qoi, SHARP_ALONE)).toBe('MODULE_NOT_FOUND');
    });

    test('finds libheif where it is needed', () => {
      const coded = hevcOf({ width: 256, height: 192 }, (x, y) => [x, y, 99]);
      const heic = heifOf([hevcItem(1, coded)]);
      expect(renderBundled(program, heic, PACKAGES)).toBe('heif');
      // Reduced by its decoder.
      const wide = heifOf([
        hevcItem(
          1,
          hevcOf({ width: 1024, height: 64 }, (x, y) => [x & 255, y, 99]),
        ),
      ]);
      expect(renderBundled(program, wide, PACKAGES)).toBe('heif');
      expect(renderBundled(program, heic, SHARP_ALONE)).toBe('MODULE_NOT_FOUND');
    });

    test('never loads it for what sharp reads, even damaged', async () => {
      const jpeg = await quarters(600, 400).jpeg().toBuffer();
      expect(renderBundled(program, jpeg, SHARP_ALONE)).toBe('sharp');
      expect(renderBundled(program, jpeg.subarray(0, jpeg.length * 0.7), SHARP_ALONE)).toBe('sharp tolerant');
    });
  },
);
