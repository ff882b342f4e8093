import sharp from 'sharp';
import type { Point } from '../../model/focus';
import type { Thumbnail } from '../../model/rendering';
import type { Size } from '../../model/size';
import type { Variant } from '../../model/variant';
import type { Header } from '../read/header';
import { boxAround, reducedSize } from '../scale/plan';
import { DEFAULTS, format } from './encode';

/** The formats whose animations we read and write. */
const ANIMATED_FORMATS = ['gif', 'webp'] as const;
type AnimatedFormat = (typeof ANIMATED_FORMATS)[number];

/** What an animated thumbnail of a source would be, or undefined where it stays its first frame. */
export function animatedEncoding(header: Header, variant: Variant): AnimatedFormat | undefined {
  const source = ANIMATED_FORMATS.find(name => name === header.kind.format);
  if (source === undefined || header.frames < 2 || !variant.animated) return undefined;
  if (variant.format === 'source') return source;
  return variant.format === 'webp' ? 'webp' : undefined;
}

export interface AnimateOptions {
  readonly encoding: AnimatedFormat;
  /** What `cover` is to keep. */
  readonly focus: Point | undefined;
  readonly tolerant: boolean;
  readonly maxPixels: number;
  readonly seconds: number;
}

/** Makes an animated thumbnail: all frames, with their delays and loops, from a decode of its own. */
export async function animate(
  source: Uint8Array,
  variant: Variant,
  options: AnimateOptions,
): Promise<Thumbnail> {
  const { encoding } = options;
  const resized = await resize(source, variant, options);
  const { data, info } = await format(resized, encoding, {
    quality: variant.quality ?? DEFAULTS[encoding].quality,
    effort: variant.effort ?? DEFAULTS[encoding].effort,
  }).toBuffer({ resolveWithObject: true });
  return {
    variant,
    bytes: data,
    contentType: `image/${encoding}`,
    width: info.width,
    height: info.pageHeight ?? info.height,
  };
}

async function resize(source: Uint8Array, variant: Variant, options: AnimateOptions): Promise<sharp.Sharp> {
  const { width, height, fit, position, background } = variant;
  const { focus } = options;
  const isChosen = focus !== undefined || position === 'attention' || position === 'entropy';
  if (fit !== 'cover' || !isChosen) {
    return open(source, true, options).resize({
      width,
      height,
      fit,
      position,
      background,
      withoutEnlargement: true,
    });
  }
  // libvips looks for what draws the eye in a still image only: the first frame decides for all, so that nothing jumps.
  const first = await open(source, false, options)
    .png({ compressionLevel: 0 })
    .toBuffer({ resolveWithObject: true });
  const reduced = reducedSize(first.info, variant);
  const box = focus ? boxAround(focus, reduced, variant) : await strikingBox(first.data, reduced, variant);
  return open(source, true, options)
    .resize({ ...reduced, fit: 'fill' })
    .extract(box);
}

/** Where a still picture, once reduced, has what draws the eye. */
async function strikingBox(still: Buffer, reduced: Size, variant: Variant): Promise<sharp.Region> {
  const { width, height } = boxAround({ x: 0.5, y: 0.5 }, reduced, variant);
  const frame = await sharp(still)
    .resize({ ...reduced, fit: 'fill' })
    .png({ compressionLevel: 0 })
    .toBuffer();
  const { info } = await sharp(frame)
    .resize({ width, height, fit: 'cover', position: variant.position })
    .raw()
    .toBuffer({ resolveWithObject: true });
  // sharp reports the offsets of a crop as negative numbers.
  const [left, top] = [Math.abs(info.cropOffsetLeft ?? 0), Math.abs(info.cropOffsetTop ?? 0)];
  return { left, top, width, height };
}

function open(
  source: Uint8Array,
  animated: boolean,
  { tolerant, maxPixels, seconds }: AnimateOptions,
): sharp.Sharp {
  return sharp(source, {
    animated,
    failOn: tolerant ? 'none' : 'error',
    limitInputPixels: maxPixels,
  }).timeout({ seconds });
}
