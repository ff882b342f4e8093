/**
 * The loops of ../linear-resize.ts, in AssemblyScript: a language of its own that looks like TypeScript
 * (https://www.assemblyscript.org). `npm run wasm` compiles it to ../linear-resize-wasm.ts.
 *
 * Source rows come in bands of four and are reduced across at once; what is left of them is added to the rows of the result
 * that they count for, a few at a time. So memory grows with the widths alone: about 100 bytes for each pixel of a row of the
 * source, and 400 for each of the result.
 */

/** The light of each 8-bit value, 0 to 1: 256 floats, which the caller writes. */
const LIGHT: usize = 0;
/** The 8-bit value of each step of light: 16,384 bytes, which the caller writes. */
const CODED: usize = 1024;
const STEPS: f32 = 16383;
/** Of each row of the result in hand, the sum of its weights. */
const TOTALS: usize = CODED + 16384;
const FREE: usize = TOTALS + 16 * 8;

/** Bytes of a pixel as light: red, green, blue, opacity, in floats; colours times opacity. */
const PIXEL: usize = 16;
/** Rows of a band. Their pixels of one column lie side by side, so that a weight is read once for four. */
const BAND: i32 = 4;
const COLUMN: usize = 4 * PIXEL;
/** Rows of the result in hand, a power of two. No more than 11 were at once, of all sizes up to 400 px and many larger ones. */
const IN_HAND: i32 = 16;

let fromWidth: i32 = 0;
let fromHeight: i32 = 0;
let channels: i32 = 0;
let toWidth: i32 = 0;
let toHeight: i32 = 0;

/** Coded pixels: a band of the source on the way in, finished rows of the result on the way out. */
let pixels: usize = 0;
/** The band as light. */
let light: usize = 0;
/** For each column of the result: the first column of the band that counts, as an address; and how much it and the next do. */
let firsts: usize = 0;
let weights: usize = 0;
/** The band reduced across. */
let reduced: usize = 0;
/** Rows of the result in hand, as light. */
let sums: usize = 0;

/** The band's first row; the rows of the result that are in hand, from `oldest` to before `next`. */
let row: i32 = 0;
let oldest: i32 = 0;
let next: i32 = 0;

/**
 * Starts with an image. Neither side may grow: more rows would be in hand than there is room for.
 *
 * @param bytesPerPixel 3 for RGB, 4 for RGBA
 * @returns the address of the pixels that go in and out
 */
export function begin(width: i32, height: i32, bytesPerPixel: i32, newWidth: i32, newHeight: i32): usize {
  fromWidth = width;
  fromHeight = height;
  channels = bytesPerPixel;
  toWidth = newWidth;
  toHeight = newHeight;
  row = 0;
  oldest = 0;
  next = 0;

  light = FREE;
  reduced = light + <usize>fromWidth * COLUMN;
  sums = reduced + <usize>toWidth * COLUMN;
  firsts = sums + <usize>(IN_HAND * toWidth) * PIXEL;
  weights = firsts + <usize>toWidth * 4;
  pixels = weights + <usize>toWidth * <usize>taps(fromWidth, toWidth) * 4;
  const end = pixels + <usize>(max(BAND * fromWidth, IN_HAND * toWidth) * channels);
  const missing = <i32>((end + 0xffff) >> 16) - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) unreachable();

  // What the last band leaves free is multiplied by 0, which must not meet a NaN.
  memory.fill(light, 0, <usize>fromWidth * COLUMN);
  weighColumns();
  return pixels;
}

/**
 * Takes the next rows of the source: four, or the last ones.
 *
 * @returns how many rows of the result are finished, and in place of the source's
 */
export function reduce(rows: i32): i32 {
  for (let i = 0; i < rows; i++) decode(i);
  reduceAcross();
  const count = taps(fromHeight, toHeight);
  const finished = oldest;
  for (let y = oldest; y < toHeight; y++) {
    const start = firstTap(fromHeight, toHeight, y);
    if (start >= row + rows) break;
    if (y === next) take(y, start, count);
    add(y, start, min(start + count, row + rows));
    if (start + count > row + rows) continue;
    encode(y, pixels + <usize>((y - finished) * toWidth * channels));
    oldest++;
  }
  row += rows;
  return oldest - finished;
}

/** How many source pixels count for one of the result, along one side. */
function taps(from: i32, to: i32): i32 {
  return min(from, <i32>ceil((4.0 * <f64>from) / <f64>to));
}

/** Where the middle of a pixel of the result is in the source. */
function centreOf(from: i32, to: i32, at: i32): f64 {
  return ((<f64>at + 0.5) * <f64>from) / <f64>to - 0.5;
}

function firstTap(from: i32, to: i32, at: i32): i32 {
  const start = <i32>ceil(centreOf(from, to, at) - (2.0 * <f64>from) / <f64>to);
  return min(max(0, start), from - taps(from, to));
}

/** Catmull and Rom's cubic, stretched to the reduction. */
function weightOf(from: i32, to: i32, at: i32, tap: i32): f64 {
  const x = (abs(<f64>tap - centreOf(from, to, at)) * <f64>to) / <f64>from;
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

function weighColumns(): void {
  const count = taps(fromWidth, toWidth);
  let to = weights;
  for (let x = 0; x < toWidth; x++) {
    const start = firstTap(fromWidth, toWidth, x);
    store<usize>(firsts + <usize>x * 4, light + <usize>start * COLUMN);
    let total: f64 = 0;
    for (let tap = start; tap < start + count; tap++) total += weightOf(fromWidth, toWidth, x, tap);
    for (let tap = start; tap < start + count; tap++) {
      store<f32>(to, <f32>(weightOf(fromWidth, toWidth, x, tap) / total));
      to += 4;
    }
  }
}

/** Row `i` of the band, as light. */
function decode(i: i32): void {
  let from = pixels + <usize>(i * fromWidth * channels);
  let to = light + <usize>i * PIXEL;
  const end = to + <usize>fromWidth * COLUMN;
  if (channels === 3) {
    for (; to < end; to += COLUMN) {
      store<f32>(to, lightOf(from));
      store<f32>(to, lightOf(from + 1), 4);
      store<f32>(to, lightOf(from + 2), 8);
      from += 3;
    }
  } else {
    for (; to < end; to += COLUMN) {
      const opacity = <f32>load<u8>(from, 3) / 255;
      store<f32>(to, opacity * lightOf(from));
      store<f32>(to, opacity * lightOf(from + 1), 4);
      store<f32>(to, opacity * lightOf(from + 2), 8);
      store<f32>(to, opacity, 12);
      from += 4;
    }
  }
}

function lightOf(coded: usize): f32 {
  return load<f32>(LIGHT + <usize>load<u8>(coded) * 4);
}

function reduceAcross(): void {
  const length = <usize>taps(fromWidth, toWidth) * COLUMN;
  let weight = weights;
  let first = firsts;
  const end = reduced + <usize>toWidth * COLUMN;
  for (let to = reduced; to < end; to += COLUMN) {
    let a = f32x4.splat(0);
    let b = a;
    let c = a;
    let d = a;
    let from = load<usize>(first);
    for (const last = from + length; from < last; from += COLUMN) {
      const share = v128.load_splat<f32>(weight);
      a = f32x4.add(a, f32x4.mul(share, v128.load(from)));
      b = f32x4.add(b, f32x4.mul(share, v128.load(from, 16)));
      c = f32x4.add(c, f32x4.mul(share, v128.load(from, 32)));
      d = f32x4.add(d, f32x4.mul(share, v128.load(from, 48)));
      weight += 4;
    }
    v128.store(to, a);
    v128.store(to, b, 16);
    v128.store(to, c, 32);
    v128.store(to, d, 48);
    first += 4;
  }
}

function inHand(y: i32): usize {
  return sums + <usize>((y & (IN_HAND - 1)) * toWidth) * PIXEL;
}

/** Takes a row of the result in hand. */
function take(y: i32, start: i32, count: i32): void {
  let total: f64 = 0;
  for (let tap = start; tap < start + count; tap++) total += weightOf(fromHeight, toHeight, y, tap);
  store<f64>(TOTALS + <usize>(y & (IN_HAND - 1)) * 8, total);
  memory.fill(inHand(y), 0, <usize>toWidth * PIXEL);
  next++;
}

/** Adds the band's rows from `start` to before `end` to a row of the result. */
function add(y: i32, start: i32, end: i32): void {
  const a = share(y, row, start, end);
  const b = share(y, row + 1, start, end);
  const c = share(y, row + 2, start, end);
  const d = share(y, row + 3, start, end);
  let from = reduced;
  let to = inHand(y);
  for (const last = to + <usize>toWidth * PIXEL; to < last; to += PIXEL) {
    const ab = f32x4.add(f32x4.mul(a, v128.load(from)), f32x4.mul(b, v128.load(from, 16)));
    const cd = f32x4.add(f32x4.mul(c, v128.load(from, 32)), f32x4.mul(d, v128.load(from, 48)));
    v128.store(to, f32x4.add(v128.load(to), f32x4.add(ab, cd)));
    from += COLUMN;
  }
}

/** How much a source row counts for a row of the result, four times over. */
function share(y: i32, tap: i32, start: i32, end: i32): v128 {
  if (tap < start || tap >= end) return f32x4.splat(0);
  const total = load<f64>(TOTALS + <usize>(y & (IN_HAND - 1)) * 8);
  return f32x4.splat(<f32>(weightOf(fromHeight, toHeight, y, tap) / total));
}

/** Writes a row of the result as bytes; the cubic's overshoot is cut off. */
function encode(y: i32, address: usize): void {
  let to = address;
  let from = inHand(y);
  const end = from + <usize>toWidth * PIXEL;
  if (channels === 3) {
    for (; from < end; from += PIXEL) {
      encodeColour(v128.load(from), to);
      to += 3;
    }
  } else {
    for (; from < end; from += PIXEL) {
      const pixel = v128.load(from);
      const opacity = f32x4.extract_lane(pixel, 3);
      // Below 0 too, beside an edge: an encoder that halves the colours' resolution mixes them with those that show.
      if (opacity !== 0) encodeColour(f32x4.div(pixel, f32x4.splat(opacity)), to);
      else memory.fill(to, 0, 3);
      store<u8>(to, <u8>(min(max(opacity, 0), 1) * 255 + 0.5), 3);
      to += 4;
    }
  }
}

function encodeColour(pixel: v128, to: usize): void {
  const within = f32x4.min(f32x4.max(pixel, f32x4.splat(0)), f32x4.splat(1));
  const step = i32x4.trunc_sat_f32x4_s(f32x4.add(f32x4.mul(within, f32x4.splat(STEPS)), f32x4.splat(0.5)));
  store<u8>(to, load<u8>(CODED + <usize>i32x4.extract_lane(step, 0)));
  store<u8>(to, load<u8>(CODED + <usize>i32x4.extract_lane(step, 1)), 1);
  store<u8>(to, load<u8>(CODED + <usize>i32x4.extract_lane(step, 2)), 2);
}
