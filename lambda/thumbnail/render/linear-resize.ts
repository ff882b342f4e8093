/** Pixels of 8 bits a channel, RGB or RGBA (not premultiplied), gamma-coded as sRGB and P3 are. */
interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
}

/**
 * Reduces pixels to a size in linear light: mean values of gamma-coded ones are too dark, which shows in thin lines and fine
 * texture. http://www.ericbrasseur.org/gamma.html
 *
 * In JavaScript, because it takes two thirds of the time that libvips does: that converts to floats and back in passes of their
 * own, and each pipeline costs 0.5 ms whatever it does (docs/performance.md).
 */
export function linearResize(pixels: Pixels, width: number, height: number): Uint8Array {
  const { channels } = pixels;
  const down = weightsOf(pixels.height, height);
  const across = weightsOf(pixels.width, width);
  const rows = rowsInLinearLight(pixels, down.count);
  const sum = new Float32Array(pixels.width * channels);
  const out = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    sum.fill(0);
    for (let tap = 0; tap < down.count; tap += 4) addFour(sum, { rows, weights: down, y, tap });
    const row = out.subarray(y * width * channels, (y + 1) * width * channels);
    if (channels === 4) reduceRgba(sum, across, row);
    else reduceRgb(sum, across, row);
  }
  return out;
}

/** For each pixel of the result: the first one of the source that counts, and how much it and the next ones do. */
interface Weights {
  readonly count: number;
  readonly first: Int32Array;
  readonly weights: Float32Array;
}

/** Of a cubic (Catmull and Rom's), stretched to the reduction. */
function weightsOf(from: number, to: number): Weights {
  const scale = from / to;
  const count = Math.min(from, Math.ceil(4 * scale));
  const first = new Int32Array(to);
  const weights = new Float32Array(to * count);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale - 0.5;
    const start = Math.min(Math.max(0, Math.ceil(centre - 2 * scale)), from - count);
    first[i] = start;
    let total = 0;
    for (let tap = 0; tap < count; tap++) total += catmullRom((start + tap - centre) / scale);
    for (let tap = 0; tap < count; tap++) {
      weights[i * count + tap] = catmullRom((start + tap - centre) / scale) / total;
    }
  }
  return { count, first, weights };
}

function catmullRom(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

/** Rows as light, colours times opacity; of each of the latest `count` rows that were asked for, converted once. */
function rowsInLinearLight({ data, width, channels }: Pixels, count: number): (row: number) => Float32Array {
  const length = width * channels;
  const kept = Array.from({ length: count }, () => ({ row: -1, light: new Float32Array(length) }));
  return row => {
    const place = kept[row % count] as { row: number; light: Float32Array };
    if (place.row !== row) {
      place.row = row;
      const coded = data.subarray(row * length, (row + 1) * length);
      if (channels === 4) rgbaToLight(coded, place.light);
      else rgbToLight(coded, place.light);
    }
    return place.light;
  };
}

// The loops below run some million times an image: indices within arrays of known lengths, no allocation.

function rgbToLight(coded: Uint8Array, light: Float32Array): void {
  for (let i = 0; i < coded.length; i++) light[i] = LIGHT[coded[i] as number] as number;
}

function rgbaToLight(coded: Uint8Array, light: Float32Array): void {
  for (let i = 0; i < coded.length; i += 4) {
    const opacity = (coded[i + 3] as number) / 255;
    for (let c = i; c < i + 3; c++) light[c] = opacity * (LIGHT[coded[c] as number] as number);
    light[i + 3] = opacity;
  }
}

/** Four rows in one pass: most of the time goes into reading and writing the sum. Behind the last row the weights are 0. */
function addFour(
  sum: Float32Array,
  from: { rows: (row: number) => Float32Array; weights: Weights; y: number; tap: number },
): void {
  const { count, first, weights } = from.weights;
  const row = (tap: number) => from.rows((first[from.y] as number) + Math.min(tap, count - 1));
  const weight = (tap: number) => (tap < count ? (weights[from.y * count + tap] as number) : 0);
  const { tap } = from;
  const [a, b, c, d] = [row(tap), row(tap + 1), row(tap + 2), row(tap + 3)];
  const [k, l, m, n] = [weight(tap), weight(tap + 1), weight(tap + 2), weight(tap + 3)];
  for (let i = 0; i < sum.length; i++) {
    sum[i] =
      (sum[i] as number) +
      k * (a[i] as number) +
      l * (b[i] as number) +
      m * (c[i] as number) +
      n * (d[i] as number);
  }
}

function reduceRgb(light: Float32Array, { count, first, weights }: Weights, out: Uint8Array): void {
  for (let x = 0, tap = 0; x < first.length; x++) {
    let [r, g, b] = [0, 0, 0];
    let i = (first[x] as number) * 3;
    for (const end = tap + count; tap < end; tap++, i += 3) {
      const weight = weights[tap] as number;
      r += weight * (light[i] as number);
      g += weight * (light[i + 1] as number);
      b += weight * (light[i + 2] as number);
    }
    out[x * 3] = coded(r);
    out[x * 3 + 1] = coded(g);
    out[x * 3 + 2] = coded(b);
  }
}

function reduceRgba(light: Float32Array, { count, first, weights }: Weights, out: Uint8Array): void {
  for (let x = 0, tap = 0; x < first.length; x++) {
    let [r, g, b, a] = [0, 0, 0, 0];
    let i = (first[x] as number) * 4;
    for (const end = tap + count; tap < end; tap++, i += 4) {
      const weight = weights[tap] as number;
      r += weight * (light[i] as number);
      g += weight * (light[i + 1] as number);
      b += weight * (light[i + 2] as number);
      a += weight * (light[i + 3] as number);
    }
    const opacity = Math.min(1, Math.max(0, a));
    out[x * 4] = opacity > 0 ? coded(r / a) : 0;
    out[x * 4 + 1] = opacity > 0 ? coded(g / a) : 0;
    out[x * 4 + 2] = opacity > 0 ? coded(b / a) : 0;
    out[x * 4 + 3] = Math.round(opacity * 255);
  }
}

/** The light of each 8-bit value, 0 to 1. IEC 61966-2-1 */
const LIGHT = Float32Array.from({ length: 256 }, (_, value) => {
  const v = value / 255;
  return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
});

/** So many that the darkest values, of a slope of 12.92, are told apart. */
const STEPS = 2 ** 14 - 1;
const CODED = Uint8Array.from({ length: STEPS + 1 }, (_, step) => {
  const v = step / STEPS;
  return Math.round(255 * (v <= 0.0031308 ? v * 12.92 : 1.055 * v ** (1 / 2.4) - 0.055));
});

/** The 8-bit value of an amount of light; the cubic's overshoot is cut off. */
function coded(light: number): number {
  const step = (light * STEPS + 0.5) | 0;
  return CODED[step < 0 ? 0 : step > STEPS ? STEPS : step] as number;
}
