import { readFileSync } from 'node:fs';
import * as magick from '@imagemagick/magick-wasm';

let ready: Promise<void> | undefined;

/** A picture in a format that sharp cannot write. */
export async function byMagick(png: Uint8Array, format: keyof typeof magick.MagickFormat): Promise<Buffer> {
  ready ??= magick.initializeImageMagick(
    readFileSync(require.resolve('@imagemagick/magick-wasm/magick.wasm')),
  );
  await ready;
  return magick.ImageMagick.read(png, image =>
    image.write(magick.MagickFormat[format], data => Buffer.from(data)),
  );
}
