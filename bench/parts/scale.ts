import { forecast } from '../../lib/cost/scale';
import { WORK } from '../dollars';
import type { Part } from '../part';

const SIZES: readonly (readonly [images: number, functions: readonly number[]])[] = [
  [1, [10]],
  [1e3, [10]],
  [1e5, [10]],
  [1e6, [10]],
  [1e7, [10, 100]],
  [1e8, [10, 100]],
  [1e9, [100, 1000]],
];

/** From one image to a billion: a simulation on paper, of what docs/scale.md says. */
export const scale: Part = {
  name: 'scale',
  async run() {
    const rows = SIZES.flatMap(([images, functions]) =>
      functions.map(maxConcurrency => {
        const { listingSeconds, seconds, deepest, putsASecond, getsASecond, dollars, lookDollars } = forecast(
          {
            images,
            work: { ...WORK, batchSize: 10 },
            maxConcurrency,
          },
        );
        return [
          images.toLocaleString('en-US'),
          maxConcurrency,
          duration(listingSeconds),
          duration(seconds),
          deepest.toLocaleString('en-US'),
          `${Math.round(putsASecond)} / ${Math.round(getsASecond)}`,
          money(dollars),
          money(lookDollars),
        ];
      }),
    );
    return [
      {
        title: 'A backfill of camera JPEGs, one variant, batches of ten',
        columns: [
          'images',
          'functions',
          'listing',
          'thumbnails',
          'deepest queue',
          'PUT / GET a second',
          'dollars',
          'one more look',
        ],
        rows,
        notes: ['Simulated (lib/cost/scale.ts), not measured.'],
      },
    ];
  },
};

function duration(seconds: number): string {
  const units = [
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'min'],
  ] as const;
  const [size, unit] = units.find(([size]) => seconds >= 2 * size) ?? [1, 's'];
  return `${Math.ceil(seconds / size)} ${unit}`;
}

function money(dollars: number): string {
  return dollars < 0.01
    ? 'under $0.01'
    : `$${dollars.toLocaleString('en-US', { maximumFractionDigits: dollars < 100 ? 2 : 0 })}`;
}
