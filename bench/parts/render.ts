import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Child, has, program, pythonWith, startChild } from '../child';
import type { RenderAnswer, RenderQuestion } from '../contenders/question';
import { cpuOfShell } from '../cpu-of-shell';
import { FUNCTION_CPU } from '../invokable';
import { mean, median } from '../measure';
import type { BenchOptions, Part, Table } from '../part';

const SIDE = 200;
/** Boxes in which a JPEG is raced against plain sharp. */
const OTHER_SIDES = [100, 400, 800, 1600, 2400];
const OTHER_FORMATS = ['webp', 'png', 'avif'] as const;

/** CPU and bytes of one thumbnail a photo, at 200 px and at other sizes. */
export const render: Part = {
  name: 'render',
  async run(options) {
    const cpu = FUNCTION_CPU;
    const python = pythonWith('PIL');
    if (python === undefined) options.note('render: no Python with Pillow; left out.');
    const ours = await startChild(program('contenders/ours.ts'), { cpu });
    const plain = await startChild(program('contenders/plain-sharp.ts'), { cpu });
    const pillow =
      python === undefined
        ? undefined
        : await startChild([python, join(__dirname, '../contenders/pillow.py'), 'render'], { cpu });
    try {
      const jpeg = await race(
        { ours, 'plain sharp, same settings': plain, ...(pillow && { Pillow: pillow }) },
        { format: 'jpeg', side: SIDE },
        options,
      );
      const tools = measureTools(options);
      const tables = [
        { ...jpeg, rows: [...jpeg.rows, ...tools.map(row => relativeTo(jpeg.rows[0]?.[1], row))] },
      ];
      if (options.quick) return tables;
      const rows: Table['rows'][number][] = [];
      for (const format of OTHER_FORMATS) {
        const { rows: some } = await race(
          { [`ours, ${format}`]: ours, [`plain sharp, ${format}`]: plain },
          { format, side: SIDE },
          options,
        );
        rows.push(...some);
      }
      const sizes: Table['rows'][number][] = [];
      for (const side of OTHER_SIDES) {
        const { rows: some } = await race(
          { [`ours, ${side} px`]: ours, [`plain sharp, ${side} px`]: plain },
          { format: 'jpeg', side },
          options,
        );
        sizes.push(...some);
      }
      return [
        ...tables,
        { ...jpeg, title: 'CPU of rendering, other sizes of the thumbnail', rows: sizes },
        { ...jpeg, title: 'CPU of rendering, other formats of the thumbnail', rows, notes: [] },
      ];
    } finally {
      for (const child of [ours, plain, pillow]) await child?.stop();
    }
  },
};

async function race(
  contenders: Readonly<Record<string, Child>>,
  { format, side }: { readonly format: string; readonly side: number },
  { photos, quick }: BenchOptions,
): Promise<Table> {
  const rounds = quick ? 3 : 9;
  const results = Object.entries(contenders).map(([name, child]) => ({
    name,
    child,
    ms: [] as number[],
    bytes: [] as number[],
  }));
  for (let i = 0; i < (quick ? 20 : 60); i++) {
    const file = photos[i % photos.length] ?? '';
    for (const { child } of results) await child.ask({ file, sides: [side], format });
  }
  for (const file of photos) {
    const times = results.map((): number[] => []);
    for (let round = 0; round < rounds; round++) {
      for (const [i, { child, bytes }] of results.entries()) {
        const question: RenderQuestion = { file, sides: [side], format };
        const answer = await child.ask<RenderAnswer>(question);
        times[i]?.push(answer.cpuMs);
        if (round === 0) bytes.push(answer.bytes);
      }
    }
    for (const [i, { ms }] of results.entries()) ms.push(median(times[i] ?? []));
  }
  const [ours = Number.NaN] = results.map(({ ms }) => mean(ms));
  return {
    title: 'CPU of rendering one photo to a 200 px JPEG',
    columns: ['', 'ms CPU', 'bytes', 'ours ÷ it'],
    rows: results.map(({ name, ms, bytes }) => [name, mean(ms), Math.round(mean(bytes)), ours / mean(ms)]),
    notes: [
      `${photos.length} photos, in turns; the median of ${rounds} rounds a photo, the mean of the photos.`,
    ],
  };
}

/** Programs, by what a run with all photos takes more than with as many tiny ones. */
function measureTools({ photos, work, quick, note }: BenchOptions): [string, number, number | undefined][] {
  const tools = {
    'djpeg -scale 1/8 (the limit)': 'djpeg -scale 1/8 -outfile /dev/null "$f"',
    'ImageMagick, native':
      'convert -define jpeg:size=400x400 "$f" -auto-orient -thumbnail 200x200 -quality 80 /dev/null.jpg',
  };
  const tiny = join(work, 'tiny');
  mkdirSync(tiny, { recursive: true });
  const measured: [string, number, number | undefined][] = [];
  const small = writeTiny(join(tiny, 'tiny.jpg'));
  for (const [name, command] of Object.entries(tools)) {
    const [tool = ''] = command.split(' ');
    if (!has(tool) || cpuOfShell(command, [small]) === undefined) {
      note(`render: ${tool} is not installed; left out.`);
      continue;
    }
    const rounds = Array.from({ length: quick ? 1 : 5 }, () => {
      const all = cpuOfShell(command, photos) ?? Number.NaN;
      const none =
        cpuOfShell(
          command,
          photos.map(() => small),
        ) ?? Number.NaN;
      return (all - none) / photos.length;
    });
    measured.push([name, median(rounds), undefined]);
  }
  return measured;
}

function writeTiny(file: string): string {
  // The smallest JPEG that every decoder takes: 8 × 8 grey pixels.
  writeFileSync(file, Buffer.from(TINY_JPEG, 'base64'));
  return file;
}

function relativeTo(
  ours: unknown,
  [name, ms, bytes]: [string, number, number | undefined],
): Table['rows'][number] {
  return [name, ms, bytes, Number(ours) / ms];
}

const TINY_JPEG =
  '/9j/2wBDAP//////////////////////////////////////////////////////////////////////////////////////2wBDAf//////////////////////////////////////////////////////////////////////////////////////wAARCAAIAAgDASIAAhEBAxEB/8QAFAABAAAAAAAAAAAAAAAAAAAAAP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/xAAUAQEAAAAAAAAAAAAAAAAAAAAA/8QAFBEBAAAAAAAAAAAAAAAAAAAAAP/aAAwDAQACEQMRAD8AAA//2Q==';
