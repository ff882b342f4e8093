import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { type Child, has, program, startChild } from '../child';
import type { RenderAnswer } from '../contenders/question';
import { cpuOfShell } from '../cpu-of-shell';
import { FUNCTION_CPU } from '../invokable';
import { median } from '../measure';
import type { BenchOptions, Part, Table } from '../part';

interface Source {
  readonly name: string;
  readonly file: string;
  /** Whether sharp reads it. */
  readonly sharp: boolean;
}

/** Files of the corpus, which is not part of the project; HEIC has no other writer. */
const HEICS: Readonly<Record<string, string>> = {
  'iPhone HEIC, own thumbnail, 12 MP': 'formats/IMG_1034.heic',
  'iPhone HEIC, none, 12 MP': 'phones/IMG_2929.HEIC',
  'Android HEIC, own thumbnail, 12 MP': 'phones/issue-487.heic',
  'Android HEIC, none, 16 MP': 'phones/HMD_Nokia_8.3_5G.heif',
};

/** CPU of one 200 px thumbnail of what people drop, by its format, beside the best other ways that there are. */
export const formats: Part = {
  name: 'formats',
  async run(options) {
    const cpu = FUNCTION_CPU;
    const ours = await startChild(program('contenders/ours.ts'), { cpu });
    const plain = await startChild(program('contenders/plain-sharp.ts'), { cpu });
    const libheif = await startChild(program('contenders/libheif.ts'), { cpu });
    const hasVips = has('vipsthumbnail');
    if (!hasVips) options.note('formats: vipsthumbnail is not installed; left out.');
    const rounds = options.quick ? 3 : 7;
    const rows: Table['rows'][number][] = [];
    let camera: number | undefined;
    try {
      for (const { name, file, sharp } of await sources(options)) {
        const other = sharp ? plain : libheif;
        const times: [number[], number[]] = [[], []];
        for (let round = 0; round <= rounds; round++) {
          for (const [i, child] of [ours, other].entries()) {
            const { cpuMs } = await ask(child, file);
            if (round > 0) times[i]?.push(cpuMs);
          }
        }
        const [our, others] = times.map(median) as [number, number];
        camera ??= our;
        const vips = hasVips ? vipsMs(file, rounds) : undefined;
        rows.push([
          name,
          our,
          our / camera,
          ...(sharp ? [others, undefined] : [undefined, others]),
          our / others,
          vips,
        ]);
      }
    } finally {
      for (const child of [ours, plain, libheif]) await child.stop();
    }
    return [
      {
        title: 'CPU of rendering one 200 px JPEG, by the format of the source',
        columns: [
          'source',
          'ours, ms',
          'times the camera JPEG',
          'plain sharp, ms',
          'decoder alone, ms',
          'ours ÷ it',
          'vipsthumbnail, ms',
        ],
        rows,
        notes: [
          `One CPU, warm, in turns; medians of ${rounds} rounds. The decoder is libheif in WebAssembly, to RGB and no further: of a HEIC with ` +
            'a thumbnail of its own too it decodes the picture. vipsthumbnail is a process each time.',
        ],
      },
    ];
  },
};

async function ask(child: Child, file: string): Promise<RenderAnswer> {
  return child.ask<RenderAnswer>({ file, sides: [200], format: 'jpeg' });
}

function vipsMs(file: string, rounds: number): number | undefined {
  const times = Array.from({ length: rounds }, () =>
    cpuOfShell('vipsthumbnail -s 200x200 -o /dev/null.jpg "$f"', [file]),
  );
  return times.every(ms => ms !== undefined) ? median(times) : undefined;
}

/** One photo in all that sharp writes; of other formats what there is. */
async function sources({ photos, work, note }: BenchOptions): Promise<Source[]> {
  const [photo = ''] = photos;
  const corpus = join(photo, '../..');
  const heics = Object.entries(HEICS)
    .map(([name, file]) => ({ name, file: join(corpus, file), sharp: false }))
    .filter(({ file }) => existsSync(file));
  if (heics.length === 0) note('formats: no HEIC beside the photos; left out.');
  const image = () => sharp(photo).autoOrient();
  const made: Readonly<Record<string, Promise<Buffer>>> = {
    'progressive JPEG': image().jpeg({ progressive: true, quality: 90 }).toBuffer(),
    'PNG photo': image().png().toBuffer(),
    'PNG screenshot, 3 MP': screenshot(),
    WebP: image().webp().toBuffer(),
    AVIF: image().avif({ effort: 0 }).toBuffer(),
    SVG: Promise.resolve(Buffer.from(DRAWING)),
  };
  const others: Source[] = [];
  for (const [name, bytes] of Object.entries(made)) {
    const file = join(work, `format-${others.length}`);
    writeFileSync(file, await bytes);
    others.push({ name, file, sharp: true });
  }
  const { width, height } = await image().metadata();
  const megapixels = ((width * height) / 1e6).toFixed(0);
  return [{ name: `camera JPEG, ${megapixels} MP`, file: photo, sharp: true }, ...heics, ...others];
}

const DRAWING = `<svg xmlns="http://www.w3.org/2000/svg" width="800" height="600">${Array.from(
  { length: 50 },
  (_, i) =>
    `<circle cx="${i * 16}" cy="${(i * 97) % 600}" r="${20 + i}" fill="hsl(${i * 7},70%,50%)" opacity=".6"/>`,
).join('')}</svg>`;

/** Flat areas and lines of text, as a phone shows them. */
function screenshot(): Promise<Buffer> {
  const lines = Array.from(
    { length: 60 },
    (_, i) =>
      `<text x="60" y="${60 + i * 41}" font-size="30" fill="#222">Line ${i} of a page that someone reads</text>`,
  );
  return sharp(
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="1170" height="2532"><rect width="100%" height="100%" fill="#fafafa"/>${lines.join('')}</svg>`,
    ),
  )
    .png()
    .toBuffer();
}
