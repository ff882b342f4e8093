import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { DECODERS } from '../../lambda/thumbnail/model/rendering';
import { headerSize } from '../../lambda/thumbnail/render/read/header-size';
import { byMagick } from '../../test/render/write-magick';
import { program, startChild } from '../child';
import type { RenderAnswer } from '../contenders/question';
import { drawn } from '../corpus';
import { FUNCTION_CPU } from '../invokable';
import { median } from '../measure';
import type { BenchOptions, Part, Table } from '../part';

type Writer = (image: sharp.Sharp) => Promise<Buffer>;

/** What can be written here; HEIC cannot. Sizes in megapixels. */
const SOURCES: Readonly<Record<string, { write: Writer; megapixels: readonly number[] }>> = {
  jpeg: { write: image => image.jpeg({ quality: 90 }).toBuffer(), megapixels: [1, 10, 25, 50, 100, 200] },
  'jpeg, turned': {
    write: image => image.withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    megapixels: [10, 50],
  },
  'jpeg, P3': { write: image => image.withIccProfile('p3').jpeg().toBuffer(), megapixels: [10, 50] },
  'jpeg, progressive': {
    write: image => image.jpeg({ progressive: true }).toBuffer(),
    megapixels: [1, 10, 50],
  },
  'jpeg, CMYK': { write: image => image.toColourspace('cmyk').jpeg().toBuffer(), megapixels: [10] },
  png: { write: image => image.png({ compressionLevel: 1 }).toBuffer(), megapixels: [1, 10, 50, 100] },
  'png, alpha': {
    write: image => image.ensureAlpha(0.5).png({ compressionLevel: 1 }).toBuffer(),
    megapixels: [10, 50],
  },
  'png, P3': {
    write: image => image.withIccProfile('p3').png({ compressionLevel: 1 }).toBuffer(),
    megapixels: [10, 50],
  },
  'png, 16 bit': {
    write: image => image.toColourspace('rgb16').png({ compressionLevel: 1 }).toBuffer(),
    megapixels: [10, 50],
  },
  'png, interlaced': {
    write: image => image.png({ compressionLevel: 1, progressive: true }).toBuffer(),
    megapixels: [10],
  },
  webp: { write: image => image.webp({ effort: 0 }).toBuffer(), megapixels: [1, 10, 50] },
  gif: { write: image => image.gif({ effort: 1 }).toBuffer(), megapixels: [10] },
  tiff: { write: image => image.tiff({ compression: 'none' }).toBuffer(), megapixels: [10] },
  'tiff, Lab': {
    write: image => image.toColourspace('lab').tiff({ compression: 'none' }).toBuffer(),
    megapixels: [10],
  },
  avif: { write: image => image.avif({ effort: 0 }).toBuffer(), megapixels: [1, 10] },
  bmp: { write: byMagickAs('Bmp'), megapixels: [10] },
  psd: { write: byMagickAs('Psd'), megapixels: [10] },
  jp2: { write: byMagickAs('Jp2'), megapixels: [10] },
  jxl: { write: byMagickAs('Jxl'), megapixels: [10] },
};
/** Small images first: what V8 has not compiled yet is no matter of the size. */
const WARM_UP = 20;

const QUICK: Readonly<Record<string, readonly number[]>> = { jpeg: [1, 10, 50], png: [1, 10], webp: [1] };

/** Time and memory by size and format of the source; memory beside the estimate that bounds work in flight. */
export const growth: Part = {
  name: 'growth',
  async run(options) {
    const rows: Table['rows'][number][] = [];
    for (const [name, { write, megapixels }] of Object.entries(SOURCES)) {
      for (const size of options.quick ? (QUICK[name] ?? []) : megapixels) {
        const file = join(options.work, 'source');
        writeFileSync(file, await write(drawn(size)));
        rows.push(await measure(name, size, file));
      }
    }
    for (const file of heics(options)) {
      const { width = 0, height = 0 } = headerSize('heic', readFileSync(file)) ?? {};
      rows.push(await measure(basename(file), (width * height) / 1e6, file));
    }
    return [
      {
        title: 'Growth with the size of the source, one 200 px JPEG each',
        columns: ['source', 'megapixels', 'ms CPU', 'ms a megapixel', 'peak MiB more', 'MiB estimated'],
        rows,
        notes: [
          'One process a source. The peak is over the process that has rendered small images, without the source itself; then CPU, ' +
            'the median of three. Rejected: beyond the limit of bytes. ' +
            'Drawn sources: noise has more bytes a pixel than a photo.',
        ],
      },
    ];
  },
};

/** In a process of its own that has rendered a small image: memory the first time, CPU time once the code is warm. */
async function measure(name: string, megapixels: number, file: string): Promise<Table['rows'][number]> {
  const small = `${file}.small.jpg`;
  await sharp({ create: { width: 2400, height: 1600, channels: 3, background: 'teal' } }).toFile(small);
  const child = await startChild(program('contenders/ours.ts'), { cpu: FUNCTION_CPU });
  const ask = (file: string) => child.ask<RenderAnswer>({ file, sides: [200], format: 'jpeg' });
  for (let i = 0; i < WARM_UP; i++) await ask(small);
  const { moreMiB, estimateMiB, outcome } = await ask(file);
  const times: number[] = [];
  for (let i = 0; i < 3; i++) times.push((await ask(file)).cpuMs);
  await child.stop();
  if (!DECODERS.some(decoder => decoder === outcome))
    return [name, megapixels, 'rejected', undefined, undefined, estimateMiB];
  const ms = median(times);
  return [
    name,
    megapixels,
    ms,
    ms / megapixels,
    moreMiB,
    Number.isFinite(estimateMiB) ? estimateMiB : undefined,
  ];
}

function byMagickAs(format: Parameters<typeof byMagick>[1]): Writer {
  return async image => byMagick(await image.png({ compressionLevel: 1 }).toBuffer(), format);
}

/** HEIC photos beside the photos' folder, as in a corpus of several formats. */
function heics({ photos, quick }: BenchOptions): string[] {
  if (quick) return [];
  const formats = join(photos[0] ?? '', '../../formats');
  try {
    return readdirSync(formats)
      .filter(name => name.endsWith('.heic'))
      .map(name => join(formats, name));
  } catch {
    return [];
  }
}
