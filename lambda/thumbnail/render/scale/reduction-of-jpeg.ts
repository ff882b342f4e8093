import type { Size } from '../../model/size';
import type { Metadata } from '../read/metadata';

/** Above so many pixels a JPEG is reduced while it is decoded; below it all of it is read and reduced in linear light. */
const WHOLE_JPEG_PIXELS = 1_000_000;
/**
 * From which reduction on sharp has libjpeg deliver 1/8, 1/4 or 1/2 of a side (`jpegShrinkOnLoad` in sharp's pipeline.cc: one
 * more than the divisor, because of libjpeg's rounding).
 */
const DECODER_STEPS = [
  { from: 9, divisor: 8 },
  { from: 5, divisor: 4 },
  { from: 3, divisor: 2 },
] as const;
/**
 * What is left to linear light: twice a side at the most, and so many pixels, which take less than a millisecond. Where that
 * is less than `MIN_LINEAR_REDUCTION`, it cannot be seen (docs/decisions.md), and libvips reduces to the target itself.
 */
const MAX_LINEAR_REDUCTION = 2;
const MAX_LINEAR_PIXELS = 160_000;
const MIN_LINEAR_REDUCTION = 1.2;

/** How a large JPEG is reduced while it is decoded, in the gamma-coded values that libjpeg and libvips compute with. */
export interface JpegReduction {
  /** By how much libjpeg divides each side before libvips sees a pixel. */
  readonly divisor: 1 | 2 | 4 | 8;
  /** What libvips makes of it, upright, in px: the target, or more where the rest is left to linear light. */
  readonly size: Size;
}

/** How a JPEG is reduced for a target while it is decoded; undefined where it is to be decoded whole. */
export function reductionOfJpeg(
  { format, autoOrient: whole }: Pick<Metadata, 'format' | 'autoOrient'>,
  target: Size,
): JpegReduction | undefined {
  if (format !== 'jpeg' || whole.width * whole.height <= WHOLE_JPEG_PIXELS) return undefined;
  const ratio = Math.min(whole.width / target.width, whole.height / target.height);
  const step = DECODER_STEPS.find(({ from }) => ratio >= from) ?? { from: 1, divisor: 1 };
  const room = Math.sqrt(MAX_LINEAR_PIXELS / (target.width * target.height));
  const linear = Math.min(MAX_LINEAR_REDUCTION, ratio / step.from, room);
  if (linear < MIN_LINEAR_REDUCTION) return { divisor: step.divisor, size: target };
  const size = { width: Math.floor(target.width * linear), height: Math.floor(target.height * linear) };
  return { divisor: step.divisor, size };
}
