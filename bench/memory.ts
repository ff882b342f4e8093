/**
 * Peak memory of rendering one 200 px and one 1600 px thumbnail, by format, in a process of its own each, beside the estimate
 * that bounds work in flight; and what functions of some sizes can take by it.
 *
 *     tsx bench/memory.ts <megapixels> [more images …]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { limitsFor } from '../lambda/thumbnail/limits';
import { readHeader } from '../lambda/thumbnail/render/header';
import { estimateMemory } from '../lambda/thumbnail/render/memory';
import { render } from '../lambda/thumbnail/render/render';
import { OPTIONS, variant } from '../test/render/variants';
import { byMagick } from '../test/render/write-magick';

const MIB = 2 ** 20;
const SIDES = { thumbnail: 200, page: 1600 };

/** Of this program alone; what `getrusage` says begins with the parent's. Linux only. */
const peakMiB = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;

/** In the child: what rendering one file adds to a process that has rendered a small one. */
async function child(file: string, side: number): Promise<void> {
  const options = { ...OPTIONS, limits: { ...limitsFor(10_240, 60), megapixels: 1000 } };
  const source = readFileSync(file);
  const small = await sharp({ create: { width: 300, height: 200, channels: 3, background: 'red' } })
    .jpeg()
    .toBuffer();
  await render(small, [variant()], options);
  const before = peakMiB();
  const variants = [variant({ width: side, height: side })];
  const rendering = await render(source, variants, options);
  const estimate = (estimateMemory(await readHeader(source), variants) ?? 0) / MIB;
  const outcome = rendering.kind === 'rendered' ? rendering.decoder : rendering.detail;
  console.log(JSON.stringify({ base: before, more: peakMiB() - before, estimate, outcome }));
}

async function write(folder: string, megapixels: number): Promise<string[]> {
  const [width, height] = [
    Math.round(Math.sqrt((megapixels * 1e6 * 4) / 3)),
    Math.round(Math.sqrt((megapixels * 1e6 * 3) / 4)),
  ];
  const plain = await sharp({
    create: {
      width: 400,
      height: 300,
      channels: 3,
      background: 'grey',
      noise: { type: 'gaussian', mean: 128, sigma: 30 },
    },
  })
    .resize(width, height)
    .png({ compressionLevel: 1 })
    .toBuffer();
  const image = () => sharp(plain, { limitInputPixels: false });
  const made: Record<string, () => Promise<Buffer>> = {
    jpeg: () => image().jpeg().toBuffer(),
    'jpeg-turned': () => image().withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    'jpeg-p3': () => image().withIccProfile('p3').jpeg().toBuffer(),
    'jpeg-progressive': () => image().jpeg({ progressive: true }).toBuffer(),
    'jpeg-progressive-444': () => image().jpeg({ progressive: true, chromaSubsampling: '4:4:4' }).toBuffer(),
    'jpeg-cmyk': () => image().toColourspace('cmyk').jpeg().toBuffer(),
    png: async () => plain,
    'png-alpha': () => image().ensureAlpha(0.5).png({ compressionLevel: 1 }).toBuffer(),
    'png-p3': () => image().withIccProfile('p3').png({ compressionLevel: 1 }).toBuffer(),
    'png-16': () => image().toColourspace('rgb16').png({ compressionLevel: 1 }).toBuffer(),
    'png-interlaced': () => image().png({ compressionLevel: 1, progressive: true }).toBuffer(),
    'png-turned': () => image().withMetadata({ orientation: 6 }).png({ compressionLevel: 1 }).toBuffer(),
    webp: () => image().webp({ effort: 0 }).toBuffer(),
    gif: () => image().gif({ effort: 1 }).toBuffer(),
    tiff: () => image().tiff({ compression: 'none' }).toBuffer(),
    'tiff-lzw': () => image().tiff({ compression: 'lzw' }).toBuffer(),
    'tiff-lab': () => image().toColourspace('lab').tiff({ compression: 'none' }).toBuffer(),
    avif: () => image().avif({ effort: 0 }).toBuffer(),
    bmp: () => byMagick(plain, 'Bmp'),
    psd: () => byMagick(plain, 'Psd'),
    jp2: () => byMagick(plain, 'Jp2'),
    jxl: () => byMagick(plain, 'Jxl'),
  };
  const files: string[] = [];
  for (const [name, make] of Object.entries(made)) {
    const file = join(folder, name);
    writeFileSync(file, await make());
    files.push(file);
  }
  return files;
}

async function main([megapixels = '12', ...more]: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'miniaturas-memory-'));
  const files = [...(await write(folder, Number(megapixels))), ...more];
  for (const file of files) {
    for (const [what, side] of Object.entries(SIDES)) {
      const { stdout, stderr } = spawnSync(
        process.execPath,
        ['--import', 'tsx', __filename, '--child', file, `${side}`],
        { encoding: 'utf8' },
      );
      if (stdout === '') {
        console.log(`${basename(file)}: ${stderr.slice(-300)}`);
        continue;
      }
      const { base, more, estimate, outcome } = JSON.parse(stdout);
      const low = more > estimate ? '  TOO LOW' : '';
      console.log(
        `${basename(file).padEnd(22)} ${what.padEnd(10)} ${more.toFixed(0).padStart(5)} MiB more than ${base.toFixed(0)}, ` +
          `estimated ${estimate.toFixed(0).padStart(5)}  ${outcome}${low}`,
      );
    }
  }
  rmSync(folder, { recursive: true });
}

if (process.argv[2] === '--child') void child(process.argv[3] ?? '', Number(process.argv[4]));
else void main(process.argv.slice(2));
