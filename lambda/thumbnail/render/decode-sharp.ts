import sharp from 'sharp';
import type { Gamut } from '../variant';
import { type Frame, toFrame } from './frame';
import type { Size } from './header-size';

export interface SharpDecoding {
  readonly metadata: sharp.Metadata;
  /** The largest size that will be made of it, upright, in px. */
  readonly target: Size;
  readonly gamut: Gamut;
  /** Whether to go past damage. */
  readonly tolerant: boolean;
  readonly maxPixels: number;
  readonly seconds: number;
}

/** Above so many pixels a JPEG is reduced while it is decoded, below it all of it is read and reduced in linear light. */
const SHRINK_ON_LOAD_PIXELS = 2_000_000;
/** Above so many pixels an image with a profile is reduced, to twice the target, before its colours are converted. */
const WHOLE_FRAME_PIXELS = 16_000_000;
/**
 * Sizes, as fractions of a JPEG's, that sharp makes from its decoder's 1/8, 1/4 and 1/2 (it wants a ninth to use the eighth:
 * `jpegShrinkOnLoad` in sharp's pipeline.cc), and how far above the target they must be to leave the rest to linear light.
 */
const JPEG_FRACTIONS = [9, 5, 3] as const;
const JPEG_MARGIN = 1.4;

/**
 * Decodes what sharp reads into one frame: upright, in the gamut, and no smaller than the target.
 *
 * @throws what libvips says of a source that it cannot decode, or not without damage
 */
export async function decodeWithSharp(source: Uint8Array, decoding: SharpDecoding): Promise<Frame> {
  const { metadata, target, tolerant, maxPixels, seconds } = decoding;
  const whole = metadata.autoOrient;
  const pixels = whole.width * whole.height;
  const image = sharp(source, { failOn: tolerant ? 'none' : 'error', limitInputPixels: maxPixels })
    .autoOrient()
    .timeout({ seconds });

  const wide = metadata.hasProfile && metadata.space !== 'cmyk' && metadata.channels >= 3;
  if (decoding.gamut === 'p3' && wide && !isSrgb(metadata.icc)) {
    // sharp converts 16-bit pixels to P3, and 8-bit ones to sRGB.
    return toFrame(
      fill(image.pipelineColourspace('rgb16'), above(whole, target)).toColourspace('srgb'),
      'p3',
    );
  }
  if (metadata.format === 'jpeg' && pixels > SHRINK_ON_LOAD_PIXELS) {
    const ratio = whole.width / target.width;
    const fraction = JPEG_FRACTIONS.find(fraction => ratio >= fraction * JPEG_MARGIN);
    if (fraction !== undefined) {
      const [width, height] = [whole.width / fraction, whole.height / fraction].map(Math.floor) as [
        number,
        number,
      ];
      return toFrame(fill(image, { width, height }).toColourspace('srgb'), 'srgb');
    }
  }
  if (!metadata.hasProfile && ['srgb', 'rgb16', 'b-w', 'grey16'].includes(metadata.space)) {
    return toFrame(fill(image.pipelineColourspace('scrgb'), target).toColourspace('srgb'), 'srgb');
  }
  // sharp takes 16-bit pixels with a profile to P3 and leaves them there.
  if (metadata.hasProfile && metadata.space === 'rgb16') image.withIccProfile('srgb');
  return toFrame(fill(image, above(whole, target)).toColourspace('srgb'), 'srgb');
}

function fill(image: sharp.Sharp, { width, height }: Size): sharp.Sharp {
  return image.resize({ width: Math.max(1, width), height: Math.max(1, height), fit: 'fill' });
}

/** The whole picture, or twice the target where the whole would take too much memory. */
function above(whole: Size, target: Size): Size {
  if (whole.width * whole.height <= WHOLE_FRAME_PIXELS) return whole;
  return {
    width: Math.min(whole.width, target.width * 2),
    height: Math.min(whole.height, target.height * 2),
  };
}

/** By the description in it; all makers' sRGB profiles have that word. */
function isSrgb(icc: Buffer | undefined): boolean {
  return icc === undefined || /s\0?R\0?G\0?B/.test(icc.toString('latin1', 0, 4096));
}
