import { startsWith, u16le, u32be, u32le } from './bytes';
import type { Size } from './header-size';

/** One picture of an icon or cursor. */
export interface IconPicture extends Size {
  readonly isPng: boolean;
  /** Where it begins, in bytes. */
  readonly at: number;
}

/** The lengths of a bitmap's head: version 3, with masks, 4 and 5. */
const BITMAP_HEADS = [40, 56, 108, 124];

/**
 * The first picture of an icon or cursor, by its own head: a directory may lie about sizes, and has no room for those above
 * 256. https://en.wikipedia.org/wiki/ICO_(file_format)
 */
export function firstOfIcon(source: Uint8Array): IconPicture | undefined {
  for (let i = 0; i < u16le(source, 4); i++) {
    const picture = pictureAt(source, u32le(source, 6 + i * 16 + 12));
    if (picture !== undefined && picture.width > 0 && picture.height > 0) return picture;
  }
  return undefined;
}

function pictureAt(source: Uint8Array, at: number): IconPicture | undefined {
  if (startsWith(source, '\x89PNG\r\n\x1a\n', at))
    return { at, isPng: true, width: u32be(source, at + 16), height: u32be(source, at + 20) };
  if (!BITMAP_HEADS.includes(u32le(source, at))) return undefined;
  // Its height is that of the picture and of the mask behind it.
  const height = Math.floor(Math.abs(u32le(source, at + 8) | 0) / 2);
  return { at, isPng: false, width: u32le(source, at + 4), height };
}
