import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { quarters } from './pictures';
import { byMagick } from './write-magick';

const work = mkdtempSync(join(tmpdir(), 'miniaturas-bundle-'));
afterAll(() => rmSync(work, { recursive: true }));

/** Renders a file with the core as a CommonJS bundle whose packages are in NODE_PATH, as on Lambda. */
function renderBundled(
  program: string,
  bytes: Uint8Array,
  layers = join(__dirname, '..', '..', 'node_modules'),
) {
  const file = join(work, 'source');
  writeFileSync(file, bytes);
  return JSON.parse(
    execFileSync(process.execPath, [program, file], {
      env: { NODE_PATH: layers },
      cwd: work,
      encoding: 'utf8',
    }),
  );
}

describe.each([
  { name: 'plain', options: {} },
  { name: 'minified', options: { minify: true } },
  { name: 'minified with names kept', options: { minify: true, keepNames: true } },
])('the core in a bundle, $name', ({ name, options }) => {
  const program = join(work, `${name.replaceAll(' ', '-')}.js`);
  beforeAll(() => {
    buildSync({
      entryPoints: [join(__dirname, 'bundled.ts')],
      bundle: true,
      platform: 'node',
      target: 'node24',
      external: ['sharp', '@imagemagick/magick-wasm'],
      outfile: program,
      logLevel: 'error',
      ...options,
    });
  });

  test('finds ImageMagick where it is needed', async () => {
    const bmp = await byMagick(await quarters().png().toBuffer(), 'Bmp');
    expect(renderBundled(program, bmp)).toEqual({ result: 'magick', loaded: false, handles: [] });
  });

  test('does without it for what sharp reads, even damaged', async () => {
    const jpeg = await quarters(600, 400).jpeg().toBuffer();
    expect(renderBundled(program, jpeg)).toEqual({ result: 'sharp', loaded: false, handles: [] });
    const half = jpeg.subarray(0, jpeg.length * 0.7);
    expect(renderBundled(program, half)).toEqual({ result: 'sharp tolerant', loaded: false, handles: [] });
  });
});
