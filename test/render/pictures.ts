import sharp from 'sharp';

/** The colours of the quarters of {@link quarters}, in reading order. */
export const QUARTERS = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [255, 255, 0],
] as const;

/** A picture of four quarters, wider than high: red, green; blue, yellow. */
export function quarters(width = 64, height = 48): sharp.Sharp {
  return paint(
    width,
    height,
    (x, y) => QUARTERS[(y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1)] ?? [0, 0, 0],
  );
}

/** A picture with a colour for each pixel; as many channels as the colours have. */
export function paint(
  width: number,
  height: number,
  colour: (x: number, y: number) => readonly number[],
): sharp.Sharp {
  const channels = colour(0, 0).length as 1 | 2 | 3 | 4;
  const pixels = new Uint8Array(width * height * channels);
  // Plain loops: `pixels.set(colour(…))` takes ten times as long.
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const values = colour(x, y);
      for (let channel = 0; channel < channels; channel++) pixels[at++] = values[channel] ?? 0;
    }
  }
  return sharp(pixels, { raw: { width, height, channels } });
}

/** Reproducible noise: a picture that no encoder makes small. */
export function noise(width: number, height: number): sharp.Sharp {
  let state = 1;
  // Marsaglia's xorshift32.
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 16;
  };
  return paint(width, height, () => [next() % 256, next() % 256, next() % 256]);
}

export type Pixel = readonly number[];

/** Decoded pixels that can be asked for; in the thumbnail's own numbers, whatever its profile. */
export async function pixelsOf(bytes: Uint8Array): Promise<{
  width: number;
  height: number;
  channels: number;
  at: (x: number, y: number) => Pixel;
  mean: () => number;
}> {
  const { data, info } = await sharp(bytes, { ignoreIcc: true }).raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return {
    width,
    height,
    channels,
    at: (x, y) => [...data.subarray((y * width + x) * channels, (y * width + x + 1) * channels)],
    mean: () => data.reduce((sum, value) => sum + value, 0) / data.length,
  };
}

/** The pixels well inside the four quarters, in reading order. */
export async function corners(bytes: Uint8Array): Promise<Pixel[]> {
  const { width, height, at } = await pixelsOf(bytes);
  const [left, right] = [Math.floor(width / 4), Math.floor((width * 3) / 4)];
  const [top, bottom] = [Math.floor(height / 4), Math.floor((height * 3) / 4)];
  return [at(left, top), at(right, top), at(left, bottom), at(right, bottom)];
}

/** Whether two colours are the same but for rounding and lossy coding. */
export function isNear(a: Pixel | undefined, b: Pixel, tolerance = 40): boolean {
  return a !== undefined && b.every((value, i) => Math.abs(value - (a[i] ?? -1000)) <= tolerance);
}

expect.extend({
  toBeNear(received: Pixel | undefined, expected: Pixel, tolerance?: number) {
    return {
      pass: isNear(received, expected, tolerance),
      message: () => `expected ${JSON.stringify(received)} to be near ${JSON.stringify(expected)}`,
    };
  },
});

declare global {
  namespace jest {
    interface Matchers<R> {
      toBeNear(expected: Pixel, tolerance?: number): R;
    }
  }
}
