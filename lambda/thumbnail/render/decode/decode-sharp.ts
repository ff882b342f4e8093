import sharp from 'sharp';
import type { Size } from '../../model/size';
import type { Gamut } from '../../model/variant';
import { withoutFineScans } from '../read/jpeg-scans';
import type { Metadata } from '../read/metadata';
import { decodingStrictly, decodingWithSharp } from '../read/sharp-errors';
import { isTiledTiff } from '../read/tiff';
import { type Frame, toFrame } from '../scale/frame';
import { reductionOfJpeg } from '../scale/reduction-of-jpeg';

export interface SharpDecoding {
  readonly metadata: Metadata;
  /** The largest size that will be made of it, upright, in px. */
  readonly target: Size;
  readonly gamut: Gamut;
  /** Whether to go past damage. */
  readonly tolerant: boolean;
  readonly maxPixels: number;
  /** Above so many pixels an image is reduced while it is decoded, however slowly. */
  readonly maxWholePixels: number;
  readonly seconds: number;
}

/** Above so many pixels an image is reduced before its profile's colours are converted, below it after. */
const CONVERT_FIRST_PIXELS = 4_000_000;
/** No frame is wider, in px: what reducing it takes grows with its width (`KEPT_BYTES` in linear-resize.ts). */
const MAX_FRAME_WIDTH = 2 ** 16;
/**
 * Decodes what sharp reads into one frame: upright, in the gamut, and no smaller than the target.
 *
 * @throws Undecodable where libvips cannot decode the source, or not without damage; TimeUp
 */
export function decodeWithSharp(source: Uint8Array, decoding: SharpDecoding): Promise<Frame> {
  if (decoding.tolerant) return decodingWithSharp(() => decode(source, decoding, 'none'));
  const isTiled = decoding.metadata.format === 'tiff' && isTiledTiff(source);
  return decodingStrictly(isTiled, failOn => decode(source, decoding, failOn));
}

async function decode(
  source: Uint8Array,
  decoding: SharpDecoding,
  failOn: 'none' | 'error' | 'warning',
): Promise<Frame> {
  const { metadata, target, gamut, tolerant, maxPixels, maxWholePixels, seconds } = decoding;
  const whole = metadata.autoOrient;
  const isGrey = metadata.space === 'b-w' || metadata.space === 'grey16';
  const isRgbOrGrey = isGrey || metadata.space === 'srgb' || metadata.space === 'rgb16';
  const jpeg = reductionOfJpeg(metadata, target);
  const divisor = jpeg?.divisor ?? 1;
  const pixels = (whole.width * whole.height) / divisor ** 2;
  const mostPixels = metadata.hasProfile || !isRgbOrGrey ? CONVERT_FIRST_PIXELS : maxWholePixels;
  const isLarge = pixels > mostPixels || whole.width / divisor > MAX_FRAME_WIDTH;
  const isThinned = divisor === 8 && metadata.isProgressive && !tolerant;
  const input = (isThinned ? withoutFineScans(source) : undefined) ?? source;
  // Not one pipeline and clones of it: sharp's clone() copies the source.
  const open = () => sharp(input, { failOn, limitInputPixels: maxPixels }).autoOrient().timeout({ seconds });

  // sharp has librsvg draw at the size that a plain resize asks for, and at no other.
  if (metadata.format === 'svg') return toFrame(srgb(fill(open(), target)), 'srgb');

  const reduced = jpeg?.size ?? target;
  const openReducible = () => (jpeg === undefined ? open().pipelineColourspace('scrgb') : open());
  const wide = gamut === 'p3' && metadata.hasProfile && isRgbOrGrey && !isGrey && !isSrgb(metadata.icc);
  const isReducedFirst = isRgbOrGrey && isLarge;
  if (isReducedFirst && !metadata.hasProfile) return toFrame(srgb(fill(openReducible(), reduced)), 'srgb');
  if (wide || isReducedFirst) {
    // Raw pixels carry no profile; a TIFF does, for a second pipeline to convert the few pixels that are left.
    const tiff = await fill(openReducible(), reduced)
      .keepIccProfile()
      .toColourspace(isGrey ? 'b-w' : 'srgb')
      .tiff({ compression: 'none' })
      .toBuffer();
    // sharp converts 16-bit pixels to P3, and 8-bit ones to sRGB.
    return wide
      ? toFrame(srgb(sharp(tiff).pipelineColourspace('rgb16')), 'p3')
      : toFrame(srgb(sharp(tiff)), 'srgb');
  }
  const image = open();
  // sharp takes 16-bit pixels with a profile to P3 and leaves them there.
  if (metadata.hasProfile && metadata.space === 'rgb16') image.withIccProfile('srgb');
  return toFrame(srgb(fill(image, jpeg?.size ?? (isLarge ? twice(target, whole) : whole))), 'srgb');
}

function fill(image: sharp.Sharp, { width, height }: Size): sharp.Sharp {
  return image.resize({ width: Math.max(1, width), height: Math.max(1, height), fit: 'fill' });
}

function srgb(image: sharp.Sharp): sharp.Sharp {
  return image.toColourspace('srgb');
}

function twice({ width, height }: Size, whole: Size): Size {
  return { width: Math.min(whole.width, width * 2), height: Math.min(whole.height, height * 2) };
}

/** By the description in it; all makers' sRGB profiles have that word. */
function isSrgb(icc: Buffer | undefined): boolean {
  return icc === undefined || /s\0?R\0?G\0?B/.test(icc.toString('latin1', 0, 4096));
}
