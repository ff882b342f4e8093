import type { Limits } from '../../model/limits';
import type { Size } from '../../model/size';
import type { Variant } from '../../model/variant';
import type { Header } from '../read/header';
import type { Heif } from '../read/heif';
import { codedSize, gridOrientation, isHevc, shownSize } from '../read/heif-shape';
import type { Metadata } from '../read/metadata';
import type { SvgContent } from '../read/svg';
import { heicReduction } from '../scale/heic-reduction';
import { largestReduced, reducedSize } from '../scale/plan';
import { reductionOfJpeg } from '../scale/reduction-of-jpeg';

const MIB = 2 ** 20;

/**
 * Bytes that sharp's decoders hold for a pixel of the source at their peak, measured at 12 megapixels (npm run bench -- growth) and
 * rounded up. `streamed` sources are read in rows; `whole` ones (progressive, interlaced) are decoded before the first row.
 */
const BYTES_PER_PIXEL: Readonly<Record<string, { streamed: number; whole: number }>> = {
  jpeg: { streamed: 1, whole: 7 },
  png: { streamed: 5, whole: 9 },
  webp: { streamed: 11, whole: 11 },
  gif: { streamed: 8, whole: 8 },
  tiff: { streamed: 6, whole: 6 },
  avif: { streamed: 20, whole: 20 },
};
/** A drawing of 4 megapixels with one filter took 28 bytes a pixel; 40 filter primitives, or 20 masks, 4.4 more each. */
const SVG_BYTES_PER_PIXEL = 28;
const SVG_BYTES_PER_SURFACE_PIXEL = 5;
const OTHER_BYTES_PER_PIXEL = { streamed: 20, whole: 20 };

/** The same for ImageMagick, with the samples that it makes; what is not listed was not measured and counts as the worst that was. */
const MAGICK_BYTES_PER_PIXEL: Readonly<Record<string, number>> = {
  heic: 14,
  jxl: 16,
  bmp: 16,
  psd: 18,
  jp2: 26,
  j2k: 26,
};
const OTHER_MAGICK_BYTES_PER_PIXEL = 26;

/** ImageMagick's code, its thread, and its heap before the first pixel. */
const MAGICK_BASE = 70 * MIB;
/** libheif's code, its thread, and its heap before the first pixel. */
const HEIF_BASE = 48 * MIB;
/** Of what is decoded at once (a tile, or a picture that has none): HEVC's planes, libheif's copy of them, RGB. */
const HEIF_PIECE_BYTES_PER_PIXEL = 12;
/** Of the picture that leaves the decoder: its sums in linear light while it is reduced; else its samples, three times. */
const HEIF_REDUCED_BYTES_PER_PIXEL = 18;
const HEIF_WHOLE_BYTES_PER_PIXEL = 12;
const OPACITY_BYTES_PER_PIXEL = 4;
const SHARP_BASE = 16 * MIB;
/** Of a thumbnail while it is reduced: float rows in, 8-bit frames out, the encoder's own. */
const BYTES_PER_THUMBNAIL_PIXEL = 24;
/** Of a JPEG that is decoded whole, and more of one that is turned; the other formats' figures above have room for it. */
const WHOLE_BYTES_PER_PIXEL = 3;
const TURNED_BYTES_PER_PIXEL = 2;
/** Images with a profile are whole frames up to so many pixels (CONVERT_FIRST_PIXELS in decode-sharp.ts). */
const PROFILE_FRAME_PIXELS = 4_000_000;
const PROFILE_BYTES_PER_PIXEL = 4;

/**
 * How much memory rendering a source may take at its peak, in bytes, beside the source itself: an upper estimate from its
 * header, so that a caller can bound its work in flight.
 *
 * @returns undefined where the header does not tell the size: then it may be all that the limit allows
 */
export function estimateMemory(header: Header, variants: readonly Variant[]): number | undefined {
  const { kind, size, metadata, progressive } = header;
  if (size === undefined) return undefined;
  const animated = header.frames > 1 && variants.some(variant => variant.animated);
  const pixels = size.width * size.height * (animated ? header.frames : 1);
  const thumbnails = variants
    .map(variant => reducedSize(size, variant))
    .reduce((sum, { width, height }) => sum + width * height * BYTES_PER_THUMBNAIL_PIXEL, 0);

  if (header.heif !== undefined && isHevc(header.heif))
    return heicMemory({ ...header, heif: header.heif }, size, variants) + thumbnails;
  if (metadata === undefined) {
    return (
      MAGICK_BASE +
      pixels * (MAGICK_BYTES_PER_PIXEL[kind.format] ?? OTHER_MAGICK_BYTES_PER_PIXEL) +
      thumbnails
    );
  }
  if (header.svg !== undefined) return svgMemory(header.svg, largestReduced(size, variants)) + thumbnails;
  const { streamed, whole } = BYTES_PER_PIXEL[kind.format] ?? OTHER_BYTES_PER_PIXEL;
  const isStreamed = streamed < whole && !progressive;
  const deep = metadata.depth !== 'uchar' && !isStreamed ? 2 : 1;
  const decoding = pixels * deep * (isStreamed ? streamed : whole);
  const frame =
    metadata.hasProfile || (isStreamed && kind.format === 'jpeg') ? wholeFrame(metadata, variants) : 0;
  return SHARP_BASE + decoding + frame + thumbnails;
}

/** How many pixels ImageMagick may decode of a format, by the limit and by the memory that they need. */
export function mostMagickPixels(
  format: string,
  { megapixels, memoryMiB }: Pick<Limits, 'megapixels' | 'memoryMiB'>,
): number {
  const perPixel = MAGICK_BYTES_PER_PIXEL[format] ?? OTHER_MAGICK_BYTES_PER_PIXEL;
  return Math.max(0, Math.min(megapixels * 1e6, Math.floor((memoryMiB * MIB - MAGICK_BASE) / perPixel)));
}

/** The source is there three times: in the worker, in the decoder's thread, and in its heap. */
function heicMemory(
  { heif, sourceBytes }: { readonly heif: Heif; readonly sourceBytes: number },
  size: Size,
  variants: readonly Variant[],
): number {
  const whole = shownSize(heif.picture) ?? size;
  const isInTiles = gridOrientation(heif) !== undefined && !heif.hasAlpha;
  const piece = (isInTiles && heif.tile && codedSize(heif.tile)) || size;
  const reduction = heif.hasAlpha ? 1 : heicReduction(whole, largestReduced(whole, variants));
  const frame =
    ((whole.width * whole.height) / reduction ** 2) *
    (reduction > 1 ? HEIF_REDUCED_BYTES_PER_PIXEL : HEIF_WHOLE_BYTES_PER_PIXEL);
  const opacity = heif.hasAlpha ? whole.width * whole.height * OPACITY_BYTES_PER_PIXEL : 0;
  const decoding = piece.width * piece.height * HEIF_PIECE_BYTES_PER_PIXEL;
  return HEIF_BASE + 2 * sourceBytes + decoding + frame + opacity;
}

/** An SVG is drawn at the size of the largest thumbnail, whatever its own size is. */
function svgMemory({ bytes, surfaces }: SvgContent, { width, height }: Size): number {
  const drawing = width * height * (SVG_BYTES_PER_PIXEL + surfaces * SVG_BYTES_PER_SURFACE_PIXEL);
  return SHARP_BASE + bytes + drawing;
}

/** Bytes of a picture that is reduced only when all of it is decoded; 0 where it is reduced meanwhile. */
function wholeFrame(metadata: Metadata, variants: readonly Variant[]): number {
  const { autoOrient, hasProfile, orientation = 1 } = metadata;
  const pixels = autoOrient.width * autoOrient.height;
  if (hasProfile) return Math.min(pixels, PROFILE_FRAME_PIXELS) * PROFILE_BYTES_PER_PIXEL;
  if (reductionOfJpeg(metadata, largestReduced(autoOrient, variants)) !== undefined) return 0;
  return pixels * (WHOLE_BYTES_PER_PIXEL + (orientation > 1 ? TURNED_BYTES_PER_PIXEL : 0));
}
