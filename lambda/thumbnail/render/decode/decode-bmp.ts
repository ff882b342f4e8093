import { startsWith, u16le, u32le } from '../read/bytes';
import { Undecodable } from '../read/undecodable';
import type { Raster } from './magick-job';

/** Where the parts of a device-independent bitmap are, and how its pixels are coded. */
interface Bitmap {
  readonly width: number;
  readonly height: number;
  readonly topDown: boolean;
  readonly bits: number;
  readonly compression: number;
  readonly masks: readonly number[];
  /** Red, green, blue for each index that the bits can name: those that the file leaves out are as the first. */
  readonly palette: Uint8Array;
  /** How many of them are the file's own. */
  readonly colours: number;
  readonly pixelsAt: number;
}

/** What came out, and whether some of it was not there. */
export interface DecodedBitmap {
  readonly raster: Raster;
  readonly damaged: boolean;
}

const PLAIN = 0;
const RLE8 = 1;
const RLE4 = 2;
const BITFIELDS = 3;
const ALPHA_BITFIELDS = 6;
const CORE_HEADER = 12;
const OS2_HEADER = 64;

/**
 * Decodes a BMP as browsers do: whatever the file says of its own length, with indices beyond its
 * palette (which get the first colour), and with rows that are missing at its end (which stay black). ImageMagick refuses all of these, and run lengths from top to bottom.
 * https://learn.microsoft.com/windows/win32/gdi/bitmap-storage
 *
 * @throws Undecodable where not one row is there, and for what we leave to ImageMagick: arrays of bitmaps, Huffman codes, JPEG
 */
export function decodeBmp(source: Uint8Array): DecodedBitmap {
  if (!startsWith(source, 'BM')) throw new Undecodable('an array of bitmaps');
  return decodeBitmap(source, readBitmap(source, 14, u32le(source, 10)));
}

/**
 * Decodes the bitmap of an icon: one without a file's head, of twice its height, with one bit a pixel at its end that says what
 * is transparent, unless its own pixels say so.
 */
export function decodeIconBitmap(source: Uint8Array, at: number): DecodedBitmap {
  const both = readBitmap(source, at);
  const bitmap = { ...both, height: Math.floor(both.height / 2) };
  const { width, height, bits } = bitmap;
  const { raster, damaged } = decodeBitmap(source, {
    ...bitmap,
    ...(bits === 32 && { masks: [0xff0000, 0xff00, 0xff, 0xff000000] }),
  });
  if (raster.alpha) return { raster, damaged };
  const maskAt = bitmap.pixelsAt + stride(width, bits) * height;
  const maskRow = stride(width, 1);
  const samples = new Uint8Array(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) {
    samples.set(raster.samples.subarray(i * 3, i * 3 + 3), i * 4);
    const [x, row] = [i % width, height - 1 - Math.floor(i / width)];
    const byte = source[maskAt + row * maskRow + (x >> 3)] ?? 0;
    if ((byte >> (7 - (x & 7))) & 1) samples[i * 4 + 3] = 0;
  }
  return { raster: { ...raster, alpha: true, samples }, damaged };
}

function readBitmap(source: Uint8Array, at: number, pixelsAt?: number): Bitmap {
  const size = u32le(source, at);
  const isCore = size === CORE_HEADER;
  const i32 = (offset: number) => u32le(source, at + offset) | 0;
  const [width, signedHeight] = isCore ? [u16le(source, at + 4), u16le(source, at + 6)] : [i32(4), i32(8)];
  const bits = u16le(source, at + (isCore ? 10 : 14));
  const compression = size >= 40 ? u32le(source, at + 16) : PLAIN;
  const isKnown =
    [PLAIN, BITFIELDS, ALPHA_BITFIELDS].includes(compression) ||
    (compression === RLE8 && bits === 8) ||
    (compression === RLE4 && bits === 4);
  if (width <= 0 || signedHeight === 0 || ![1, 2, 4, 8, 16, 24, 32].includes(bits))
    throw new Undecodable('its header makes no sense');
  if (!isKnown || (size === OS2_HEADER && compression === BITFIELDS)) throw new Undecodable('a rare coding');

  const ownMasks = size === 40 ? ({ [BITFIELDS]: 12, [ALPHA_BITFIELDS]: 16 }[compression] ?? 0) : 0;
  const entriesAt = at + size + ownMasks;
  const entryBytes = isCore ? 3 : 4;
  const room = bits > 8 ? 0 : 2 ** bits;
  const told = (size >= 40 && u32le(source, at + 32)) || room;
  const fits =
    pixelsAt !== undefined && pixelsAt > entriesAt ? Math.floor((pixelsAt - entriesAt) / entryBytes) : told;
  const colours = Math.min(told, fits, room);
  const palette = new Uint8Array(room * 3);
  for (let i = 0; i < room; i++) {
    const entryAt = entriesAt + (i < colours ? i : 0) * entryBytes;
    for (let c = 0; c < 3; c++) palette[i * 3 + c] = source[entryAt + 2 - c] ?? 0;
  }
  return {
    width,
    height: Math.abs(signedHeight),
    topDown: signedHeight < 0,
    bits,
    compression,
    masks: masksOf(source, { at, size, bits, compression }),
    palette,
    colours,
    pixelsAt: pixelsAt ?? entriesAt + told * entryBytes * Number(bits <= 8),
  };
}

/** Which bits of a pixel are red, green, blue and, where any are, opacity. */
function masksOf(
  source: Uint8Array,
  { at, size, bits, compression }: { at: number; size: number; bits: number; compression: number },
): readonly number[] {
  if (compression === BITFIELDS || compression === ALPHA_BITFIELDS) {
    const count = compression === ALPHA_BITFIELDS || size >= 56 ? 4 : 3;
    return Array.from({ length: count }, (_, i) => u32le(source, at + 40 + i * 4));
  }
  return bits === 16 ? [0x7c00, 0x3e0, 0x1f] : [0xff0000, 0xff00, 0xff];
}

function decodeBitmap(source: Uint8Array, bitmap: Bitmap): DecodedBitmap {
  const { width, height, bits, compression, masks } = bitmap;
  const hasAlpha = bits > 8 && (masks[3] ?? 0) !== 0;
  const channels = hasAlpha ? 4 : 3;
  const samples = new Uint8Array(width * height * channels);
  const pixels: Pixels = { source, bitmap, samples, channels };
  const isRle = compression === RLE8 || compression === RLE4;
  const damaged = isRle ? readRuns(pixels) : readRows(pixels);
  const raster = { width, height, colours: 'rgb', orientation: 1 } as const;
  if (!hasAlpha) return { raster: { ...raster, alpha: false, samples }, damaged };
  // Writers that leave the fourth byte 0 in every pixel mean nothing by it.
  if (samples.some((value, i) => i % 4 === 3 && value !== 0))
    return { raster: { ...raster, alpha: true, samples }, damaged };
  const opaque = samples.filter((_, i) => i % 4 !== 3);
  return { raster: { ...raster, alpha: false, samples: opaque }, damaged };
}

interface Pixels {
  readonly source: Uint8Array;
  readonly bitmap: Bitmap;
  readonly samples: Uint8Array;
  readonly channels: 3 | 4;
}

/** Rows of pixels as they are, each padded to 4 bytes. @returns whether rows or colours are missing */
function readRows({ source, bitmap, samples, channels }: Pixels): boolean {
  const { width, height, topDown, bits, palette, colours, masks, pixelsAt } = bitmap;
  const rowBytes = stride(width, bits);
  const needed = Math.ceil((width * bits) / 8);
  const rows = Math.min(height, Math.floor((source.byteLength - pixelsAt - needed) / rowBytes) + 1);
  if (rows < 1 || pixelsAt === 0) throw new Undecodable('not one row of pixels is there');
  const fields = masks.map(fieldOf);
  const isPlain = bits >= 24 && masks.join() === '16711680,65280,255';
  let damaged = rows < height;
  for (let row = 0; row < rows; row++) {
    const from = pixelsAt + row * rowBytes;
    let to = (topDown ? row : height - 1 - row) * width * channels;
    for (let x = 0; x < width; x++, to += channels) {
      if (bits <= 8) {
        const byte = source[from + ((x * bits) >> 3)] as number;
        const index = (byte >> (8 - bits - ((x * bits) & 7))) & (2 ** bits - 1);
        if (index >= colours) damaged = true;
        samples[to] = palette[index * 3] as number;
        samples[to + 1] = palette[index * 3 + 1] as number;
        samples[to + 2] = palette[index * 3 + 2] as number;
      } else if (isPlain) {
        const at = from + (x * bits) / 8;
        samples[to] = source[at + 2] as number;
        samples[to + 1] = source[at + 1] as number;
        samples[to + 2] = source[at] as number;
      } else {
        const at = from + (x * bits) / 8;
        const value = bits === 16 ? u16le(source, at) : u32le(source, at);
        for (let c = 0; c < channels; c++) {
          const { shift, most } = fields[c] as Field;
          samples[to + c] = most === 0 ? 0 : Math.round((((value >>> shift) & most) * 255) / most);
        }
      }
    }
  }
  return damaged;
}

/**
 * Run lengths: pairs of a count and a colour, and after a 0 what to do else: end the row (0), end (1), move (2), or take so many
 * as they are. Pixels that are never named have the first colour.
 *
 * @returns whether rows are missing
 */
function readRuns({ source, bitmap, samples }: Pixels): boolean {
  const { width, height, topDown, bits, palette, pixelsAt } = bitmap;
  for (let i = 0; i < samples.length; i += 3) samples.set(palette.subarray(0, 3), i);
  const put = (x: number, y: number, index: number) => {
    if (x < width && y < height)
      samples.set(
        palette.subarray(index * 3, index * 3 + 3),
        ((topDown ? y : height - 1 - y) * width + x) * 3,
      );
  };
  const nibble = (byte: number, i: number) => (bits === 8 ? byte : i % 2 === 0 ? byte >> 4 : byte & 15);
  let [x, y, at, drawn] = [0, 0, pixelsAt, 0];
  while (y < height && at + 2 <= source.byteLength) {
    const [count, value] = [source[at] as number, source[at + 1] as number];
    at += 2;
    if (count > 0) {
      for (let i = 0; i < count && x < width; i++) put(x++, y, nibble(value, i));
      drawn += count;
    } else if (value === 0) [x, y] = [0, y + 1];
    else if (value === 1) break;
    else if (value === 2) {
      x += source[at] ?? 0;
      y += source[at + 1] ?? 0;
      at += 2;
    } else {
      for (let i = 0; i < value; i++) {
        const byte = source[at + (bits === 8 ? i : i >> 1)];
        if (byte !== undefined) put(x++, y, nibble(byte, i));
      }
      drawn += value;
      at += Math.ceil((value * bits) / 16) * 2;
    }
  }
  if (drawn === 0) throw new Undecodable('not one pixel is there');
  return y < height - 1;
}

function stride(width: number, bits: number): number {
  return Math.ceil((width * bits) / 32) * 4;
}

interface Field {
  readonly shift: number;
  readonly most: number;
}

function fieldOf(mask: number): Field {
  if (mask === 0) return { shift: 0, most: 0 };
  const shift = 31 - Math.clz32(mask & -mask);
  return { shift, most: mask >>> shift };
}
