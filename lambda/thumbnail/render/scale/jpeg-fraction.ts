import type { Size } from '../../model/size';
import type { Metadata } from '../read/metadata';

/** Above so many pixels a JPEG is reduced by its decoder where that can; below it all of it is read and reduced in linear light. */
const SHRINK_ON_LOAD_PIXELS = 2_000_000;
/**
 * Sizes, as fractions of a JPEG's, that sharp makes from its decoder's 1/8, 1/4 and 1/2 (it wants a ninth to use the eighth:
 * `jpegShrinkOnLoad` in sharp's pipeline.cc), and how far above the target they must be to leave the rest to linear light.
 */
const JPEG_FRACTIONS = [9, 5, 3] as const;
const JPEG_MARGIN = 1.4;

/** The size at which a JPEG leaves its decoder, upright, in px; undefined where all of it is decoded. */
export function jpegFraction(
  metadata: Pick<Metadata, 'format' | 'autoOrient'>,
  target: Size,
): Size | undefined {
  const { width, height } = metadata.autoOrient;
  if (metadata.format !== 'jpeg' || width * height <= SHRINK_ON_LOAD_PIXELS) return undefined;
  const ratio = width / target.width;
  const fraction = JPEG_FRACTIONS.find(fraction => ratio >= fraction * JPEG_MARGIN);
  if (fraction === undefined) return undefined;
  const reduction = Math.max(fraction, ratio / 2);
  return { width: Math.floor(width / reduction), height: Math.floor(height / reduction) };
}
