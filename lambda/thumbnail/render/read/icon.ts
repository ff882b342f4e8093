import type { Size } from '../../model/size';
import { startsWith, u16le, u32be, u32le } from './bytes';

/** One picture of an icon or cursor. */
export interface IconPicture extends Size {
  readonly isPng: boolean;
  readonly bits: number;
  /** Where it begins, in bytes. */
  readonly at: number;
}

/** The lengths of a bitmap's head: version 3, with masks, 4 and 5. */
const BITMAP_HEADS = [40, 56, 108, 124];

/**
 * The pictures of an icon or cursor, the best first: as browsers have it, the largest, and of those the one with the most bits a
 * pixel. By their own heads: a directory may lie about sizes, and has no room for those above 256.
 * https://en.wikipedia.org/wiki/ICO_(file_format)
 */
export function picturesOfIcon(source: Uint8Array): IconPicture[] {
  const count = Math.min(u16le(source, 4), Math.floor((source.byteLength - 6) / 16));
  const entries = Array.from({ length: Math.max(0, count) }, (_, i) => u32le(source, 6 + i * 16 + 12));
  return entries
    .flatMap(at => pictureAt(source, at) ?? [])
    .filter(({ width, height }) => width > 0 && height > 0)
    .sort((a, b) => b.width * b.height - a.width * a.height || b.bits - a.bits);
}

function pictureAt(source: Uint8Array, at: number): IconPicture | undefined {
  if (startsWith(source, '\x89PNG\r\n\x1a\n', at))
    return { at, isPng: true, bits: 32, width: u32be(source, at + 16), height: u32be(source, at + 20) };
  if (!BITMAP_HEADS.includes(u32le(source, at))) return undefined;
  // Its height is that of the picture and of the mask behind it.
  const height = Math.floor(Math.abs(u32le(source, at + 8) | 0) / 2);
  return { at, isPng: false, bits: u16le(source, at + 14), width: u32le(source, at + 4), height };
}
