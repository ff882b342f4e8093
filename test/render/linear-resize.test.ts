import { readFileSync } from 'node:fs';
import { linearResize } from '../../lambda/thumbnail/render/scale/linear-resize';
import { GENERATED, heading } from '../../tools/wasm';

// `.ci/run` compiles it and compares the bytes; this needs no compiler.
test('the module was compiled from its source as it is: npm run wasm', () => {
  expect(readFileSync(GENERATED, 'utf8').startsWith(heading())).toBe(true);
});

describe('reduces as the formulas say, to one step in 255', () => {
  test.each([
    { from: [408, 306], to: [200, 150] },
    { from: [640, 480], to: [13, 200] },
    { from: [300, 200], to: [299, 199] },
    { from: [52, 2], to: [3, 2] },
    { from: [7, 7], to: [7, 6] },
    { from: [1, 1], to: [1, 1] },
    { from: [2000, 4], to: [200, 1] },
    { from: [3, 1001], to: [1, 100] },
    // Wider than what is kept: the next case starts anew.
    { from: [70_000, 3], to: [20, 2] },
    { from: [30, 30], to: [10, 10] },
  ] as const)('$from to $to', ({ from: [width, height], to: [across, down] }) => {
    for (const channels of [3, 4] as const) {
      const pixels = { data: noise(width * height * channels), width, height, channels };
      if (channels === 4) for (let i = 3; i < pixels.data.length; i += 4) pixels.data[i] = 255;
      const got = linearResize(pixels, across, down);
      const wanted = expected(pixels, across, down);
      expect(got.length).toBe(wanted.length);
      expect(got.findIndex((value, i) => Math.abs(value - (wanted[i] ?? 0)) > 1)).toBe(-1);
    }
  });
});

test.each([3, 4] as const)('leaves a plain colour of %i channels as it is, the darkest too', channels => {
  for (let value = 0; value < 256; value++) {
    const data = new Uint8Array(6 * 5 * channels).fill(value);
    if (channels === 4) for (let i = 3; i < data.length; i += 4) data[i] = 255;
    expect(linearResize({ data, width: 6, height: 5, channels }, 4, 3)).toEqual(
      data.subarray(0, 4 * 3 * channels),
    );
  }
});

test('colours count by their opacity', () => {
  const [clearGreen, red] = [
    [0, 255, 0, 0],
    [255, 0, 0, 255],
  ];
  const data = Uint8Array.from([clearGreen, red, clearGreen, red].flat());
  const [r, g, b, opacity] = linearResize({ data, width: 4, height: 1, channels: 4 }, 1, 1);
  expect([r, g, b]).toEqual([255, 0, 0]);
  expect(Math.abs((opacity ?? 0) - 127.5)).toBeLessThan(1);
});

/** The same every time, with many extremes. */
function noise(length: number): Uint8Array {
  let state = length;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const value = state >>> 20;
    return value > 3000 ? 255 : value < 1000 ? 0 : value % 256;
  });
}

interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
}

/** Of opaque pixels, one by one. */
function expected({ data, width, height, channels }: Pixels, across: number, down: number): number[] {
  const [columns, rows] = [weights(width, across), weights(height, down)];
  const reducedAcross = Array.from({ length: height }, (_, y) =>
    columns.flatMap(taps =>
      Array.from({ length: channels }, (_, c) =>
        sum(taps, tap => light(data[(y * width + tap) * channels + c] ?? 0, c)),
      ),
    ),
  );
  return rows.flatMap(taps =>
    Array.from({ length: across * channels }, (_, i) =>
      coded(
        sum(taps, tap => reducedAcross[tap]?.[i] ?? 0),
        i % channels,
      ),
    ),
  );
}

type Taps = readonly { readonly tap: number; readonly weight: number }[];

function sum(taps: Taps, value: (tap: number) => number): number {
  return taps.reduce((total, { tap, weight }) => total + weight * value(tap), 0);
}

/** For each pixel of the result those of the source: Catmull and Rom's cubic, stretched, on what is within the picture. */
function weights(from: number, to: number): Taps[] {
  const scale = from / to;
  return Array.from({ length: to }, (_, i) => {
    const taps = Array.from({ length: from }, (_, tap) => {
      const x = Math.abs((tap + 0.5) / scale - (i + 0.5));
      const near = (1.5 * x - 2.5) * x * x + 1;
      const far = ((-0.5 * x + 2.5) * x - 4) * x + 2;
      return { tap, weight: x < 1 ? near : x < 2 ? far : 0 };
    }).filter(({ weight }) => weight !== 0);
    const total = taps.reduce((sum, { weight }) => sum + weight, 0);
    return taps.map(({ tap, weight }) => ({ tap, weight: weight / total }));
  });
}

function light(value: number, channel: number): number {
  const v = value / 255;
  if (channel === 3) return v;
  return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
}

function coded(amount: number, channel: number): number {
  const v = Math.min(1, Math.max(0, amount));
  if (channel === 3) return Math.round(v * 255);
  return Math.round(255 * (v <= 0.0031308 ? v * 12.92 : 1.055 * v ** (1 / 2.4) - 0.055));
}
