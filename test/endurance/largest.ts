import sharp from 'sharp';
import { limitsFor } from '../../lambda/thumbnail/model/limits';
import type { Variant } from '../../lambda/thumbnail/model/variant';
import { estimateMemory } from '../../lambda/thumbnail/render/admit/memory';
import type { Header } from '../../lambda/thumbnail/render/read/header';

interface Written {
  readonly format: string;
  readonly progressive: boolean;
  readonly write: (image: sharp.Sharp) => sharp.Sharp;
  /** The most that the format has room for, in px. */
  readonly side: number;
}

const WRITTEN: Readonly<Record<string, Written>> = {
  JPEG: { format: 'jpeg', progressive: false, side: 65_500, write: image => image.jpeg() },
  'progressive JPEG': {
    format: 'jpeg',
    progressive: true,
    side: 65_500,
    write: image => image.jpeg({ progressive: true }),
  },
  PNG: {
    format: 'png',
    progressive: false,
    side: 65_500,
    write: image => image.png({ compressionLevel: 1 }),
  },
  WebP: { format: 'webp', progressive: false, side: 16_383, write: image => image.webp({ effort: 0 }) },
  TIFF: {
    format: 'tiff',
    progressive: false,
    side: 65_500,
    write: image => image.tiff({ compression: 'deflate' }),
  },
  AVIF: { format: 'avif', progressive: false, side: 16_383, write: image => image.avif({ effort: 0 }) },
};

/** What {@link largest} can be asked for. */
export const FORMATS = Object.keys(WRITTEN);

/** The largest square of one colour that the limits of a function with so much memory let through; its side is in px. */
export function largest(
  name: string,
  memoryMiB: number,
  variants: readonly Variant[],
): { readonly image: sharp.Sharp; readonly side: number; readonly format: string } {
  const { format, progressive, write, side: most } = WRITTEN[name] as Written;
  const limits = limitsFor(memoryMiB, 60);
  const fits = (side: number) => {
    const size = { width: side, height: side };
    const metadata = { format, autoOrient: size, depth: 'uchar', hasProfile: false };
    const header = { kind: { format }, size, frames: 1, progressive, metadata } as unknown as Header;
    const bytes = estimateMemory(header, variants) ?? 0;
    return side ** 2 <= limits.megapixels * 1e6 && bytes <= limits.memoryMiB * 2 ** 20;
  };
  let side = most;
  while (!fits(side)) side -= 10;
  const plain = { width: side, height: side, channels: 3, background: '#7799bb' } as const;
  return { image: write(sharp({ create: plain, limitInputPixels: false })), side, format };
}
