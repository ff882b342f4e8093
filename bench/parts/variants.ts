import { program, startChild } from '../child';
import type { RenderAnswer } from '../contenders/question';
import { FUNCTION_CPU } from '../invokable';
import { mean, median } from '../measure';
import type { Part } from '../part';

/** Of 1, 2, 4 and 8 variants; the largest is in all of them. */
const SIDES = [1600, 200, 800, 400, 1200, 100, 600, 300];
const COUNTS = [1, 2, 4, 8];

/** What several variants of a photo cost against the largest alone. */
export const variants: Part = {
  name: 'variants',
  async run({ photos, quick }) {
    const rounds = quick ? 3 : 7;
    const files = quick ? photos.slice(0, 3) : photos;
    const ours = await startChild(program('contenders/ours.ts'), { cpu: FUNCTION_CPU });
    const plain = await startChild(program('contenders/plain-sharp.ts'), { cpu: FUNCTION_CPU });
    const runs = [ours, plain].flatMap(child => COUNTS.map(count => ({ child, count, ms: [] as number[] })));
    for (const file of files) {
      const times = runs.map((): number[] => []);
      for (let round = 0; round <= rounds; round++) {
        for (const [i, { child, count }] of runs.entries()) {
          const question = { file, sides: SIDES.slice(0, count), format: 'jpeg' };
          const { cpuMs } = await child.ask<RenderAnswer>(question);
          if (round > 0) times[i]?.push(cpuMs);
        }
      }
      for (const [i, { ms }] of runs.entries()) ms.push(median(times[i] ?? []));
    }
    await Promise.all([ours.stop(), plain.stop()]);
    const of = (child: typeof ours, count: number) =>
      mean(runs.find(run => run.child === child && run.count === count)?.ms ?? []);
    return [
      {
        title: 'Several variants of a photo',
        columns: [
          'variants',
          'ours, ms CPU',
          'times the largest alone',
          'plain sharp, ms CPU',
          'times the largest alone',
        ],
        rows: COUNTS.map(count => [
          SIDES.slice(0, count).join(', '),
          of(ours, count),
          of(ours, count) / of(ours, 1),
          of(plain, count),
          of(plain, count) / of(plain, 1),
        ]),
        notes: [
          `Boxes in px, JPEG; plain sharp decodes the photo for each. ${files.length} photos, in turns; the median of ${rounds} ` +
            'rounds a photo, the mean of the photos.',
        ],
      },
    ];
  },
};
