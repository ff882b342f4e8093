import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { Variant } from '../../lambda/thumbnail/model/variant';
import { decodingWithSharp } from '../../lambda/thumbnail/render/read/sharp-errors';
import { THREADS } from '../../lib/bundle/options';
import { quarters } from './pictures';
import { renderOne } from './variants';
import { byMagick } from './write-magick';

const PACKAGES = join(__dirname, '..', '..', 'node_modules');
const work = mkdtempSync(join(tmpdir(), 'miniaturas-faults-'));
const program = join(work, 'faulty.js');
const source = join(work, 'source');
afterAll(() => rmSync(work, { recursive: true }));
beforeAll(async () => {
  buildSync({
    entryPoints: { faulty: join(__dirname, 'faulty.ts'), ...THREADS },
    bundle: true,
    platform: 'node',
    target: 'node24',
    external: ['sharp', '@imagemagick/magick-wasm'],
    outdir: work,
    logLevel: 'error',
  });
  const png = await quarters().png().toBuffer();
  writeFileSync(join(work, 'warm'), png);
  writeFileSync(source, await byMagick(png, 'Qoi'));
  cpSync(join(PACKAGES, '@imagemagick'), join(work, 'good'), { recursive: true });
});

describe('a fault of ours leaves the core as it is, and is gone with its cause', () => {
  test('no more files may be opened', () => {
    const run = `ulimit -n 64; exec "$0" "$@"`;
    const env = { NODE_PATH: PACKAGES };
    const said = execFileSync('sh', ['-c', run, process.execPath, program, 'files', source], {
      env,
      encoding: 'utf8',
    });
    // Node says so itself, or that it cannot find or read a package.
    expect(said.trim().split('\n')).toEqual(['sharp', expect.stringMatching(/^fault: [A-Z_]+$/), 'magick']);
  });

  test.each([
    ['has half of its WebAssembly', truncateWasm, /^fault: WebAssembly/],
    ['has a script that throws', breakScript, /^fault: broken script$/],
  ])('the layer %s', (name, spoil, fault) => {
    const packages = join(work, name.replaceAll(' ', '-'));
    mkdirSync(packages);
    symlinkSync(join(PACKAGES, 'sharp'), join(packages, 'sharp'));
    spoil(join(packages, '@imagemagick'));
    const args = [program, 'package', source, packages];
    const said = execFileSync(process.execPath, args, { env: { NODE_PATH: packages }, encoding: 'utf8' });
    expect(said.trim().split('\n')).toEqual([expect.stringMatching(fault), 'magick']);
  });

  const cases: readonly [string, Partial<Variant>][] = [
    ['a quality that the encoder does not know', { quality: 1000 }],
    ['a TypeError in the encoder', { position: undefined as unknown as 'centre', fit: 'contain' }],
  ];
  test.each(cases)('%s', async (_, changes) => {
    const jpeg = await quarters().jpeg().toBuffer();
    await expect(renderOne(jpeg, changes)).rejects.not.toThrow(/damaged/);
  });
});

function copyOfMagick(folder: string): string {
  const copy = join(folder, 'magick-wasm');
  cpSync(join(PACKAGES, '@imagemagick', 'magick-wasm'), copy, { recursive: true });
  return copy;
}

function truncateWasm(folder: string): void {
  truncateSync(join(copyOfMagick(folder), 'dist', 'x86', 'magick.wasm'), 1_000_000);
}

function breakScript(folder: string): void {
  writeFileSync(join(copyOfMagick(folder), 'dist', 'index.umd.cjs'), `throw new Error('broken script')`);
}

describe("libvips' words", () => {
  const verdict = (error: unknown) =>
    decodingWithSharp(() => Promise.reject(error)).catch((cause: Error) => cause.name);

  test.each([
    'Input buffer contains unsupported image format',
    'Input buffer has corrupt header: VipsJpeg: premature end of JPEG image\nVipsJpeg: Bogus DQT index 4',
    'source: bad seek to 3309\ntiff2vips: Seek error at scanline 4294967295, strip 0',
    'Input buffer has corrupt header: image: bad labq format\n\nimage: bad labq format',
    'Input buffer has corrupt header: glib: XML parse error: Error domain 1 code 4 on line 1',
    'heif: Memory allocation error: Security limit exceeded: iloc box contains 90000 items',
    'vipspng: libpng read error',
  ])('about the bytes: %s', async words => {
    expect(await verdict(new Error(words))).toBe('Undecodable');
  });

  const faults = [
    new Error('vips_tracked: out of memory --- size == 48MB'),
    new Error('VipsJpeg: Insufficient memory (case 4)'),
    new Error('VipsJpeg: premature end of JPEG image\nvips_tracked: out of memory --- size == 48MB'),
    new Error('heif: Memory allocation error: bad_alloc'),
    new Error('unix error: Too many open files'),
    new Error('vips_g_thread_new: unable to create thread'),
    new Error('Expected integer between 1 and 100 for quality but received 1000 of type number'),
    Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' }),
    new TypeError('undefined is not a function'),
    new RangeError('Array buffer allocation failed'),
  ];
  test.each(faults.map(error => [error.message, error] as const))(
    'not about the bytes: %s',
    async (_, error) => {
      expect(await verdict(error)).toBe(error.name);
    },
  );

  test('the time that is up', async () => {
    expect(await verdict(new Error('timeout: 20% complete'))).toBe('TimeUp');
  });
});
