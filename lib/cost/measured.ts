/** Formats of sources whose time was measured. */
export const FORMATS = ['jpeg', 'progressive', 'heic', 'png', 'webp', 'avif', 'gif', 'raw', 'svg'] as const;
export type Format = (typeof FORMATS)[number];

interface Measured {
  /** CPU time of an image, in batches of ten, with one JPEG thumbnail of 200 px, in ms. */
  readonly cpuMs: number;
  /** Mean size of those images, in MB. */
  readonly megabytes: number;
}

/** A curve by its measured points, in order. */
type Points = readonly (readonly [x: number, y: number])[];

interface Measurements {
  readonly formats: Readonly<Record<Format, Measured>>;
  readonly byLargestPx: Points;
  readonly byVariants: Points;
  readonly waitingMs: number;
  readonly initMs: number;
}

/** Times of this app on one CPU of a 2-core AMD EPYC: docs/performance.md. Tests compare them with bench/results. */
export const MEASURED: Measurements = {
  formats: {
    // Part `billed`: camera photos of 8 megapixels.
    jpeg: { cpuMs: 37.8, megabytes: 2.6 },
    // The same photos encoded anew (rendering timed beside the JPEGs; what the function adds to those is added to all).
    progressive: { cpuMs: 37, megabytes: 1.4 },
    png: { cpuMs: 98, megabytes: 11.8 },
    webp: { cpuMs: 141, megabytes: 0.9 },
    avif: { cpuMs: 347, megabytes: 0.6 },
    gif: { cpuMs: 84, megabytes: 4.5 },
    // Phones' photos of 12 megapixels (part `formats`, beside the JPEGs): 32 ms with a thumbnail of their own, which 4 of 11 have,
    // and 684 without.
    heic: { cpuMs: 447, megabytes: 2 },
    // Not measured: taken for the JPEG of 24 megapixels that cameras put into it.
    raw: { cpuMs: 110, megabytes: 25 },
    // Icons.
    svg: { cpuMs: 14, megabytes: 0.01 },
  },
  // CPU ms of rendering a photo to one variant, by the longer side of its box in px (parts `render` and `variants`).
  byLargestPx: [
    [200, 33.4],
    [400, 37.8],
    [800, 53.2],
    [1600, 102],
  ],
  // CPU of so many variants, times that of the largest alone (part `variants`).
  byVariants: [
    [1, 1],
    [2, 1.06],
    [4, 1.26],
    [8, 1.71],
  ],
  // Billed time of an invocation in which it waits for S3 (part `billed`).
  waitingMs: 93,
  // A cold start until the function is ready (part `cold-start`).
  initMs: 148,
};

/** The value of a curve: on straight lines between its points, that of the first point before it, on the last line beyond. */
export function at(points: Points, x: number): number {
  const next = points.findIndex(([known], i) => i > 0 && known >= x);
  const i = next === -1 ? points.length - 1 : next;
  const [[x0, y0], [x1, y1]] = [points[i - 1] ?? [0, 0], points[i] ?? [0, 0]];
  return y0 + ((Math.max(x, x0) - x0) * (y1 - y0)) / (x1 - x0);
}
