import type { Variant } from '../variant';
import type { Header } from './header';
import { reducedSize } from './plan';

/**
 * Bytes that a decoder holds for a pixel of the source, by measurement (bench/memory.ts), rounded up.
 * `streamed` formats are read in rows, so that only a few of them are in memory; the others are whole before the first row.
 */
const BYTES_PER_PIXEL: Readonly<Record<string, { streamed: number; whole: number }>> = {
  jpeg: { streamed: 1, whole: 7 },
  png: { streamed: 1, whole: 9 },
  webp: { streamed: 6, whole: 6 },
  gif: { streamed: 6, whole: 6 },
  tiff: { streamed: 6, whole: 6 },
  avif: { streamed: 10, whole: 10 },
  svg: { streamed: 6, whole: 6 },
};
const MAGICK_BYTES_PER_PIXEL = 20;
/** ImageMagick's code, its thread, and its heap before the first pixel. */
const MAGICK_BASE = 70 * 2 ** 20;
const SHARP_BASE = 16 * 2 ** 20;
/** Of a thumbnail while it is reduced: float RGBA rows in, 8-bit frame out, encoder. */
const BYTES_PER_THUMBNAIL_PIXEL = 24;
/** A whole frame is made where colours must be converted first: 16 million pixels of 4 bytes at most (decode-sharp.ts). */
const PROFILE_FRAME = 4;
const PROFILE_FRAME_PIXELS = 16_000_000;

/**
 * How much memory rendering a source may take at its peak, in bytes, beside the source itself: an upper estimate from its
 * header, so that a caller can bound its work in flight. undefined where the header does not tell the size.
 */
export function estimateMemory(header: Header, variants: readonly Variant[]): number | undefined {
  const { kind, size, metadata } = header;
  if (size === undefined) return undefined;
  const animated = header.frames > 1 && variants.some(variant => variant.animated);
  const pixels = size.width * size.height * (animated ? header.frames : 1);
  const thumbnails = variants
    .map(variant => reducedSize(size, variant))
    .reduce((sum, { width, height }) => sum + width * height * BYTES_PER_THUMBNAIL_PIXEL, 0);

  if (metadata === undefined) return MAGICK_BASE + pixels * MAGICK_BYTES_PER_PIXEL + thumbnails;
  const perPixel = BYTES_PER_PIXEL[kind.format] ?? { streamed: 10, whole: 10 };
  const deep = metadata.depth === 'ushort' || metadata.depth === 'float' ? 2 : 1;
  const profile = metadata.hasProfile ? Math.min(pixels, PROFILE_FRAME_PIXELS) * PROFILE_FRAME : 0;
  const decoding = pixels * deep * (header.progressive ? perPixel.whole : perPixel.streamed);
  return Math.ceil(SHARP_BASE + decoding + profile + thumbnails);
}
