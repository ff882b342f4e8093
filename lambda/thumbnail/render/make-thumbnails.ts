import type { Variant } from '../variant';
import { animate, animatedEncoding } from './animate';
import { type Copyright, encode, encodingOf } from './encode';
import { type Frame, resizeFrame, withoutIdleAlpha } from './frame';
import type { Header } from './header';
import type { Size } from './header-size';
import { lowerQualities } from './never-larger';
import { chain, reducedSize } from './plan';
import type { Thumbnail } from './rendering';
import { decodingWithSharp } from './sharp-errors';
import { thumbhash } from './thumbhash';

/** A decoded source, with what is known of the bytes that it came from. */
export interface Decoded {
  readonly source: Uint8Array;
  readonly header: Header;
  readonly frame: Frame;
  /** Of the whole picture, upright, in px; the frame may be smaller already. */
  readonly whole: Size;
  readonly damaged: boolean;
  readonly copyright: Copyright;
  readonly maxPixels: number;
  readonly seconds: number;
}

/** Makes the thumbnails of one decoded source, in the variants' order, and the placeholder for all of them. */
export async function makeThumbnails(
  decoded: Decoded,
  variants: readonly Variant[],
): Promise<{ thumbnails: Thumbnail[]; thumbhash: string }> {
  const frames = await reduce(decoded, variants);
  const smallest = frames.reduce((a, b) => (b.width * b.height < a.width * a.height ? b : a), decoded.frame);
  const thumbnails = await Promise.all(
    variants.map((variant, index) => makeThumbnail(decoded, frames[index] ?? decoded.frame, variant)),
  );
  return { thumbnails, thumbhash: thumbhash(smallest) };
}

/** One frame for each variant, at its scale; large ones become smaller ones, enlarged ones come from the source. */
async function reduce({ frame, whole }: Decoded, variants: readonly Variant[]): Promise<Frame[]> {
  const sizes = variants.map(variant => reducedSize(whole, variant));
  const frames: Frame[] = [];
  for (const { index, from } of chain(whole, sizes)) {
    const { width, height } = sizes[index] ?? whole;
    frames[index] = await withoutIdleAlpha(await resizeFrame(frames[from] ?? frame, width, height));
  }
  return frames;
}

async function makeThumbnail(decoded: Decoded, frame: Frame, variant: Variant): Promise<Thumbnail> {
  const { source, header, maxPixels, seconds, copyright } = decoded;
  const moving = animatedEncoding(header, variant);
  if (moving !== undefined) {
    // Its other frames are decoded here for the first time.
    return decodingWithSharp(() =>
      animate(source, variant, { encoding: moving, tolerant: decoded.damaged, maxPixels, seconds }),
    );
  }

  const encoding = encodingOf(variant, header.kind.format, frame.channels === 4);
  const contentType = `image/${encoding}`;
  const first = await encode(frame, variant, { encoding, copyright });
  const unchanged = first.width === decoded.whole.width && first.height === decoded.whole.height;
  if (!unchanged || first.bytes.byteLength <= source.byteLength) return { variant, contentType, ...first };

  for (const quality of lowerQualities(encoding, variant.quality)) {
    const smaller = await encode(frame, variant, { encoding, quality, copyright });
    if (smaller.bytes.byteLength <= source.byteLength) return { variant, contentType, ...smaller };
  }
  // A source of a few hundred bytes can be below what the format needs for its tables: then quality would go for nothing.
  return { variant, contentType, ...first };
}
