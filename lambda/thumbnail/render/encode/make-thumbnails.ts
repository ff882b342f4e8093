import type { Point } from '../../model/focus';
import type { Thumbnail, VariantRejection } from '../../model/rendering';
import type { Variant } from '../../model/variant';
import type { Decoded } from '../decode/decoded';
import { decodingWithSharp } from '../read/sharp-errors';
import { Undecodable } from '../read/undecodable';
import { dropOpaqueAlpha, type Frame, resizeFrame } from '../scale/frame';
import { chain, reducedSize } from '../scale/plan';
import { type AnimateOptions, animate, animatedEncoding } from './animate';
import { encode, encodingOf, finalSize, tooLongFor } from './encode';
import { lowerQualities } from './never-larger';
import { thumbhash } from './thumbhash';

/**
 * Makes the thumbnails of one decoded source, in the variants' order, and the placeholder for all of them.
 *
 * @param focus what `cover` is to keep
 */
export async function makeThumbnails(
  decoded: Decoded,
  variants: readonly Variant[],
  focus: Point | undefined,
): Promise<{ thumbnails: Thumbnail[]; rejections: VariantRejection[]; thumbhash: string }> {
  const frames = await reduce(decoded, variants);
  const smallest = frames.reduce((a, b) => (b.width * b.height < a.width * a.height ? b : a), decoded.frame);
  const results = await Promise.all(
    variants.map((variant, index) =>
      makeThumbnail(decoded, frames[index] ?? decoded.frame, { variant, focus }),
    ),
  );
  return {
    thumbnails: results.filter(result => 'bytes' in result),
    rejections: results.filter(result => 'reason' in result),
    thumbhash: thumbhash(smallest),
  };
}

/** One frame for each variant, at its scale; large ones become smaller ones, enlarged ones come from the source. */
async function reduce({ frame, whole }: Decoded, variants: readonly Variant[]): Promise<Frame[]> {
  const sizes = variants.map(variant => reducedSize(whole, variant));
  const frames: Frame[] = [];
  for (const { index, from } of chain(whole, sizes)) {
    const { width, height } = sizes[index] ?? whole;
    frames[index] = await dropOpaqueAlpha(await resizeFrame(frames[from] ?? frame, width, height));
  }
  return frames;
}

async function makeThumbnail(
  decoded: Decoded,
  frame: Frame,
  { variant, focus }: { readonly variant: Variant; readonly focus: Point | undefined },
): Promise<Thumbnail | VariantRejection> {
  const { source, header, copyright } = decoded;
  const moving = animatedEncoding(header, variant);
  const encoding = moving ?? encodingOf(variant, header.kind.format, frame.channels === 4);
  const tooLong = tooLongFor(encoding, finalSize(frame, variant));
  if (tooLong !== undefined) return { variant, reason: 'too large', detail: tooLong };
  if (moving !== undefined) return makeAnimation(decoded, { variant, focus, encoding: moving });

  const contentType = `image/${encoding}`;
  const first = await encode(frame, variant, { encoding, copyright, focus });
  const unchanged = first.width === decoded.whole.width && first.height === decoded.whole.height;
  if (!unchanged || first.bytes.byteLength <= source.byteLength) return { variant, contentType, ...first };

  for (const quality of lowerQualities(encoding, variant.quality)) {
    const smaller = await encode(frame, variant, { encoding, quality, copyright, focus });
    if (smaller.bytes.byteLength <= source.byteLength) return { variant, contentType, ...smaller };
  }
  // A source of a few hundred bytes can be smaller than the tables of the format: a lower quality does not help there.
  return { variant, contentType, ...first };
}

/** An animation's other frames are decoded here for the first time. */
async function makeAnimation(
  { source, decoder, damaged, maxPixels, seconds }: Decoded,
  { variant, focus, encoding }: Pick<AnimateOptions, 'focus' | 'encoding'> & { readonly variant: Variant },
): Promise<Thumbnail | VariantRejection> {
  try {
    return await decodingWithSharp(() =>
      animate(source, variant, { encoding, focus, tolerant: damaged, maxPixels, seconds }),
    );
  } catch (cause) {
    // A strict try is followed by a tolerant one; after that, the still thumbnails are all that there is.
    if (!(cause instanceof Undecodable) || decoder === 'sharp') throw cause;
    return {
      variant,
      reason: 'damaged',
      detail: `The animation is damaged behind its first frame: ${cause.message}.`,
    };
  }
}
