import sharp from 'sharp';
import type { Variant } from '../variant';
import { DEFAULTS, format } from './encode';
import type { Header } from './header';
import type { Thumbnail } from './rendering';

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

/** Makes an animated thumbnail: all frames, with their delays and loops, from a decode of its own. */
export async function animate(
  source: Uint8Array,
  variant: Variant,
  options: { encoding: AnimatedFormat; tolerant: boolean; maxPixels: number; seconds: number },
): Promise<Thumbnail> {
  const { width, height, fit, position, background } = variant;
  const { encoding, tolerant, maxPixels, seconds } = options;
  const pipeline = sharp(source, {
    animated: true,
    failOn: tolerant ? 'none' : 'error',
    limitInputPixels: maxPixels,
  })
    .timeout({ seconds })
    .resize({ width, height, fit, position, background, withoutEnlargement: true });
  const { data, info } = await format(pipeline, encoding, {
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
