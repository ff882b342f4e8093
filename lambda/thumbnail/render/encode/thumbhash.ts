import type { Frame } from '../scale/frame';

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

/** The most pixels of a cell that are looked at, along a side. */
const MOST_SAMPLES = 3;

// The first picture of a process meets these loops before V8 has compiled them: few rounds, indices, and no callbacks.

/** Means of pixels spread evenly over each cell, as RGBA: no more than a blurred placeholder needs. */
function shrink({ data, width, height, channels }: Frame, across: number, down: number): Uint8Array {
  const columns = samples(width, across);
  const rows = samples(height, down);
  const [perColumn, perRow] = [columns.length / across, rows.length / down];
  const rgba = new Uint8Array(across * down * 4);
  let at = 0;
  for (let y = 0; y < rows.length; y += perRow) {
    for (let x = 0; x < columns.length; x += perColumn) {
      let r = 0;
      let g = 0;
      let b = 0;
      let opacity = 0;
      for (let row = y; row < y + perRow; row++) {
        const start = (rows[row] as number) * width;
        for (let column = x; column < x + perColumn; column++) {
          const i = (start + (columns[column] as number)) * channels;
          const alpha = channels === 4 ? (data[i + 3] as number) : 255;
          r += alpha * (data[i] as number);
          g += alpha * (data[i + 1] as number);
          b += alpha * (data[i + 2] as number);
          opacity += alpha;
        }
      }
      if (opacity > 0) {
        rgba[at] = Math.round(r / opacity);
        rgba[at + 1] = Math.round(g / opacity);
        rgba[at + 2] = Math.round(b / opacity);
      }
      rgba[at + 3] = Math.round(opacity / (perColumn * perRow));
      at += 4;
    }
  }
  return rgba;
}

/** Which of `length` pixels along a side stand for its cells, as many for each. */
function samples(length: number, cells: number): Int32Array {
  const places = new Int32Array(cells * Math.min(MOST_SAMPLES, Math.ceil(length / cells)));
  for (let i = 0; i < places.length; i++) places[i] = Math.floor(((i + 0.5) * length) / places.length);
  return places;
}

function encode(rgba: Uint8Array, width: number, height: number): number[] {
  const count = width * height;
  let opacity = 0;
  let meanR = 0;
  let meanG = 0;
  let meanB = 0;
  for (let i = 0; i < rgba.length; i += 4) {
    const alpha = (rgba[i + 3] as number) / 255;
    opacity += alpha;
    meanR += (alpha * (rgba[i] as number)) / 255;
    meanG += (alpha * (rgba[i + 1] as number)) / 255;
    meanB += (alpha * (rgba[i + 2] as number)) / 255;
  }
  if (opacity > 0) {
    meanR /= opacity;
    meanG /= opacity;
    meanB /= opacity;
  }
  const hasAlpha = opacity < count;

  // Lightness, yellow against blue, red against green, over the mean colour; opacity.
  const l = new Float64Array(count);
  const p = new Float64Array(count);
  const q = new Float64Array(count);
  const a = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const alpha = (rgba[i * 4 + 3] as number) / 255;
    const r = meanR * (1 - alpha) + (alpha * (rgba[i * 4] as number)) / 255;
    const g = meanG * (1 - alpha) + (alpha * (rgba[i * 4 + 1] as number)) / 255;
    const b = meanB * (1 - alpha) + (alpha * (rgba[i * 4 + 2] as number)) / 255;
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
  const count = width * height;
  const columns = cosineTable(nx, width);
  const rows = cosineTable(ny, height);
  // What a row of the picture has of each wave across, for all waves down.
  const across = new Float64Array(nx * height);
  for (let cx = 0; cx < nx; cx++) {
    for (let y = 0; y < height; y++) {
      let sum = 0;
      for (let x = 0; x < width; x++) {
        sum += (channel[y * width + x] as number) * (columns[cx * width + x] as number);
      }
      across[cx * height + y] = sum;
    }
  }
  let dc = 0;
  const ac: number[] = [];
  for (let cy = 0; cy < ny; cy++) {
    for (let cx = 0; cx * ny < nx * (ny - cy); cx++) {
      let sum = 0;
      for (let y = 0; y < height; y++) {
        sum += (across[cx * height + y] as number) * (rows[cy * height + y] as number);
      }
      if (cx === 0 && cy === 0) dc = sum / count;
      else ac.push(sum / count);
    }
  }
  const scale = Math.max(0, ...ac.map(Math.abs));
  return { dc, scale, ac: scale === 0 ? ac : ac.map(f => 0.5 + (0.5 / scale) * f) };
}

/** `waves` rows of `length` samples of a cosine of 0, 1, 2, … half periods. */
function cosineTable(waves: number, length: number): Float64Array {
  const table = new Float64Array(waves * length);
  for (let wave = 0; wave < waves; wave++) {
    for (let i = 0; i < length; i++)
      table[wave * length + i] = Math.cos((Math.PI / length) * wave * (i + 0.5));
  }
  return table;
}
