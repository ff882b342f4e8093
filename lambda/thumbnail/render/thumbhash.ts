import type { Frame } from './frame';

/** The hash has at most 7 × 7 waves: more pixels would only take longer. */
const MAX_SIDE = 32;

interface Channel {
  readonly dc: number;
  readonly ac: readonly number[];
  readonly scale: number;
}

/** A ThumbHash of a frame, in base64. Format: https://github.com/evanw/thumbhash (the reference encoder's rules). */
export function thumbhash(frame: Frame): string {
  const scale = Math.min(1, MAX_SIDE / Math.max(frame.width, frame.height));
  const width = Math.max(1, Math.round(frame.width * scale));
  const height = Math.max(1, Math.round(frame.height * scale));
  return Buffer.from(encode(shrink(frame, width, height), width, height)).toString('base64');
}

/** Means of whole pixels, as RGBA: no more than a blurred placeholder needs, and a tenth of a resize's time. */
function shrink({ data, width, height, channels }: Frame, across: number, down: number): Uint8Array {
  const rgba = new Uint8Array(across * down * 4);
  for (let y = 0; y < down; y++) {
    const [top, bottom] = span(y, height / down);
    for (let x = 0; x < across; x++) {
      const [left, right] = span(x, width / across);
      const sum: [number, number, number] = [0, 0, 0];
      let opacity = 0;
      for (let row = top; row < bottom; row++) {
        for (let i = (row * width + left) * channels; i < (row * width + right) * channels; i += channels) {
          const alpha = channels === 4 ? (data[i + 3] ?? 0) : 255;
          opacity += alpha;
          sum[0] += alpha * (data[i] ?? 0);
          sum[1] += alpha * (data[i + 1] ?? 0);
          sum[2] += alpha * (data[i + 2] ?? 0);
        }
      }
      const at = (y * across + x) * 4;
      for (const c of [0, 1, 2] as const) rgba[at + c] = opacity === 0 ? 0 : Math.round(sum[c] / opacity);
      rgba[at + 3] = Math.round(opacity / ((bottom - top) * (right - left)));
    }
  }
  return rgba;
}

/** The whole pixels under one of the shrunk ones. */
function span(index: number, scale: number): [number, number] {
  const start = Math.floor(index * scale);
  return [start, Math.max(start + 1, Math.floor((index + 1) * scale))];
}

function encode(rgba: Uint8Array, width: number, height: number): number[] {
  const count = width * height;
  const value = (pixel: number, channel: number) => (rgba[pixel * 4 + channel] ?? 0) / 255;

  const mean: [number, number, number] = [0, 0, 0];
  let opacity = 0;
  for (let i = 0; i < count; i++) {
    const alpha = value(i, 3);
    opacity += alpha;
    for (const c of [0, 1, 2] as const) mean[c] += alpha * value(i, c);
  }
  if (opacity > 0) for (const c of [0, 1, 2] as const) mean[c] /= opacity;
  const hasAlpha = opacity < count;

  // Lightness, yellow against blue, red against green, over the mean colour.
  const [l, p, q, a] = [0, 1, 2, 3].map(() => new Float64Array(count)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let i = 0; i < count; i++) {
    const alpha = value(i, 3);
    const [r, g, b] = [0, 1, 2].map(c => (mean[c] ?? 0) * (1 - alpha) + alpha * value(i, c)) as [
      number,
      number,
      number,
    ];
    l[i] = (r + g + b) / 3;
    p[i] = (r + g) / 2 - b;
    q[i] = r - g;
    a[i] = alpha;
  }

  const longest = Math.max(width, height);
  const limit = hasAlpha ? 5 : 7;
  const across = Math.max(1, Math.round((limit * width) / longest));
  const down = Math.max(1, Math.round((limit * height) / longest));
  const waves = (channel: Float64Array, nx: number, ny: number) =>
    cosines(channel, { width, height, nx, ny });
  const light = waves(l, Math.max(3, across), Math.max(3, down));
  const yellow = waves(p, 3, 3);
  const red = waves(q, 3, 3);
  const channels = [light, yellow, red];

  const landscape = width > height ? 1 : 0;
  const head =
    Math.round(63 * light.dc) |
    (Math.round(31.5 + 31.5 * yellow.dc) << 6) |
    (Math.round(31.5 + 31.5 * red.dc) << 12) |
    (Math.round(31 * light.scale) << 18) |
    (Number(hasAlpha) << 23);
  const more =
    (landscape ? down : across) |
    (Math.round(63 * yellow.scale) << 3) |
    (Math.round(63 * red.scale) << 9) |
    (landscape << 15);
  const hash = [head & 255, (head >> 8) & 255, (head >> 16) & 255, more & 255, (more >> 8) & 255];
  if (hasAlpha) {
    const opaque = waves(a, 5, 5);
    hash.push(Math.round(15 * opaque.dc) | (Math.round(15 * opaque.scale) << 4));
    channels.push(opaque);
  }
  const nibbles = channels.flatMap(({ ac }) => ac).map(f => Math.round(15 * f));
  for (let i = 0; i < nibbles.length; i += 2) hash.push((nibbles[i] ?? 0) | ((nibbles[i + 1] ?? 0) << 4));
  return hash;
}

/** The lowest cosine waves of a channel, those along the diagonal and above; `ac` is scaled to 0…1. */
function cosines(
  channel: Float64Array,
  { width, height, nx, ny }: { width: number; height: number; nx: number; ny: number },
): Channel {
  const columns = cosineTable(nx, width);
  const rows = cosineTable(ny, height);
  let dc = 0;
  const ac: number[] = [];
  for (let cy = 0; cy < ny; cy++) {
    for (let cx = 0; cx * ny < nx * (ny - cy); cx++) {
      let sum = 0;
      for (let y = 0; y < height; y++) {
        let row = 0;
        for (let x = 0; x < width; x++) row += (channel[y * width + x] ?? 0) * (columns[cx * width + x] ?? 0);
        sum += row * (rows[cy * height + y] ?? 0);
      }
      if (cx === 0 && cy === 0) dc = sum / (width * height);
      else ac.push(sum / (width * height));
    }
  }
  const scale = Math.max(0, ...ac.map(Math.abs));
  return { dc, scale, ac: scale === 0 ? ac : ac.map(f => 0.5 + (0.5 / scale) * f) };
}

/** `waves` rows of `length` samples of a cosine of 0, 1, 2, … half periods. */
function cosineTable(waves: number, length: number): Float64Array {
  return Float64Array.from({ length: waves * length }, (_, i) =>
    Math.cos((Math.PI / length) * Math.floor(i / length) * ((i % length) + 0.5)),
  );
}
