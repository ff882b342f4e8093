import sharp from 'sharp';
import type { Variant } from '../variant';
import type { Rejected, Rendering, Thumbnail } from './rendering';

// Lambda reuses the process for other images: a cache of operations would only hold memory.
sharp.cache(false);

/**
 * Makes a source's thumbnails, one for each variant, turned upright, in sRGB and without metadata.
 *
 * @param source the bytes of the source as they are stored
 * @param variants the recipes
 * @returns the thumbnails, or the reason why there are none; what the bytes are is for the bytes to say
 */
export async function render(source: Uint8Array, variants: readonly Variant[]): Promise<Rendering> {
  if (source.byteLength === 0) return rejected('empty', 'The source has no bytes.');
  try {
    const image = sharp(source, { failOn: 'error' });
    const { format, autoOrient } = await image.metadata();
    const thumbnails = await Promise.all(variants.map(variant => renderVariant(image, variant)));
    return { kind: 'rendered', ...autoOrient, format, thumbnails };
  } catch (cause) {
    return rejected('unsupported', `The source cannot be read as an image: ${(cause as Error).message}.`);
  }
}

async function renderVariant(image: sharp.Sharp, variant: Variant): Promise<Thumbnail> {
  const { width, height, fit, format, quality, background } = variant;
  const pipeline = image
    .clone()
    .autoOrient()
    .resize({ width, height, fit, background, withoutEnlargement: true });
  if (format === 'jpeg') pipeline.flatten({ background });
  const { data, info } = await pipeline.toFormat(format, { quality }).toBuffer({ resolveWithObject: true });
  return { variant, bytes: data, contentType: `image/${format}`, width: info.width, height: info.height };
}

function rejected(reason: Rejected['reason'], detail: string): Rejected {
  return { kind: 'rejected', reason, detail };
}
