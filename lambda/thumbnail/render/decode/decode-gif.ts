import { u16le } from '../read/bytes';
import { Undecodable } from '../read/undecodable';
import type { Raster } from './magick-job';

/** The first frame, and where its codes begin. */
interface GifFrame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly interlaced: boolean;
  /** Red, green, blue. */
  readonly palette: Uint8Array;
  /** The colour that is none; -1 where each is one. */
  readonly transparent: number;
  readonly codesAt: number;
}

const EXTENSION = 0x21;
const GRAPHIC_CONTROL = 0xf9;
const IMAGE = 0x2c;
/** Rows of one pass: where it begins, how far they are apart, and how many each stands for until others come. GIF89a, appendix E. */
const PASSES = [
  { first: 0, step: 8, rows: 8 },
  { first: 4, step: 8, rows: 4 },
  { first: 2, step: 4, rows: 2 },
  { first: 1, step: 2, rows: 1 },
] as const;
const MAX_CODES = 4096;

/**
 * Decodes the first frame of a damaged GIF up to its damage; what comes after stays transparent. libvips' reader takes no part of a
 * block of 255 codes, and nothing of a frame in which one code is wrong.
 *
 * @param maxPixels of the whole picture
 * @throws Undecodable where not one row is there, or the picture is larger than that
 */
export function decodeGif(source: Uint8Array, maxPixels: number): Raster {
  const frame = readFrame(source);
  const width = Math.max(u16le(source, 6), frame.left + frame.width);
  const height = Math.max(u16le(source, 8), frame.top + frame.height);
  if (width * height > maxPixels) throw new Undecodable('it is damaged, and too large to be repaired');
  const indices = decodeCodes(
    blocksAt(source, frame.codesAt + 1),
    source[frame.codesAt] ?? 0,
    frame.width * frame.height,
  );
  if (indices.length < frame.width) throw new Undecodable('not one row of pixels is there');

  const samples = new Uint8Array(width * height * 4);
  let at = 0;
  for (const { first, step, rows } of frame.interlaced ? PASSES : [{ first: 0, step: 1, rows: 1 }]) {
    for (let y = first; y < frame.height && at < indices.length; y += step) {
      const row = indices.subarray(at, at + frame.width);
      at += frame.width;
      for (let below = y; below < Math.min(frame.height, y + rows); below++)
        drawRow(row, frame, samples.subarray(((frame.top + below) * width + frame.left) * 4));
    }
  }
  return { width, height, colours: 'rgb', alpha: true, orientation: 1, samples };
}

function drawRow(row: Uint8Array, { palette, transparent }: GifFrame, samples: Uint8Array): void {
  row.forEach((index, x) => {
    if (index === transparent) return;
    samples.set(palette.subarray(index * 3, index * 3 + 3), x * 4);
    samples[x * 4 + 3] = 255;
  });
}

/** GIF89a, sections 18 to 23. */
function readFrame(gif: Uint8Array): GifFrame {
  const byte = (at: number) => gif[at] ?? 0;
  const tableBytes = (flags: number) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  let at = 13 + tableBytes(byte(10));
  let [table, transparent] = [gif.subarray(13, at), -1];
  while (byte(at) === EXTENSION) {
    if (byte(at + 1) === GRAPHIC_CONTROL && byte(at + 3) & 1) transparent = byte(at + 6);
    for (at += 2; byte(at) > 0; at += byte(at) + 1);
    at += 1;
  }
  if (byte(at) !== IMAGE) throw new Undecodable('no frame in it');
  const flags = byte(at + 9);
  const codesAt = at + 10 + tableBytes(flags);
  if (flags & 0x80) table = gif.subarray(at + 10, codesAt);
  // What is beyond the table is black.
  const palette = new Uint8Array(256 * 3);
  palette.set(table);
  return {
    left: u16le(gif, at + 1),
    top: u16le(gif, at + 3),
    width: u16le(gif, at + 5),
    height: u16le(gif, at + 7),
    interlaced: (flags & 0x40) !== 0,
    palette,
    transparent,
    codesAt,
  };
}

/** The content of blocks, each with its length before it, up to an empty one or the end. */
function blocksAt(gif: Uint8Array, start: number): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let at = start; (gif[at] ?? 0) > 0; at += (gif[at] as number) + 1)
    blocks.push(gif.subarray(at + 1, at + 1 + (gif[at] as number)));
  return Buffer.concat(blocks);
}

/** LZW with codes of variable length, up to the first that makes no sense. GIF89a, appendix F. @returns at most so many colours */
function decodeCodes(bytes: Uint8Array, rootBits: number, most: number): Uint8Array {
  if (rootBits < 1 || rootBits > 8) return new Uint8Array();
  const [clear, end] = [1 << rootBits, (1 << rootBits) + 1];
  // Each code is another one and one more colour.
  const [prefix, last, length] = [
    new Int16Array(MAX_CODES),
    new Uint8Array(MAX_CODES),
    new Uint16Array(MAX_CODES),
  ];
  for (let code = 0; code < clear; code++) {
    prefix[code] = -1;
    last[code] = code;
    length[code] = 1;
  }
  const colours = new Uint8Array(most);
  let [count, next, bits, previous, buffer, buffered] = [0, end + 1, rootBits + 1, -1, 0, 0];

  function put(code: number): void {
    let at = count + (length[code] as number);
    count = at;
    for (let c = code; c >= 0; c = prefix[c] as number) {
      at -= 1;
      if (at < most) colours[at] = last[c] as number;
    }
  }

  for (const byte of bytes) {
    buffer |= byte << buffered;
    buffered += 8;
    while (buffered >= bits && count < most) {
      const code = buffer & ((1 << bits) - 1);
      buffer >>>= bits;
      buffered -= bits;
      if (code === clear) {
        [next, bits, previous] = [end + 1, rootBits + 1, -1];
        continue;
      }
      const isKnown = code < next && code !== end && (previous >= 0 || code < clear);
      const isNext = code === next && previous >= 0 && next < MAX_CODES;
      if (!isKnown && !isNext) return colours.subarray(0, Math.min(count, most));
      if (previous >= 0 && next < MAX_CODES) {
        prefix[next] = previous;
        length[next] = (length[previous] as number) + 1;
        // Of a code that names itself, the last colour is the first.
        last[next] = firstOf(isNext ? previous : code);
        next += 1;
        if (next === 1 << bits && bits < 12) bits += 1;
      }
      put(code);
      previous = code;
    }
  }
  return colours.subarray(0, Math.min(count, most));

  function firstOf(code: number): number {
    let first = code;
    while ((prefix[first] as number) >= 0) first = prefix[first] as number;
    return last[first] as number;
  }
}
