import { readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import sharp from 'sharp';

/** The photos of a folder (or of its folder `photos`), or some that are drawn here where there is none. */
export async function photosOf(folder: string | undefined, work: string): Promise<string[]> {
  if (folder === undefined) return drawnPhotos(work);
  const entries = readdirSync(folder, { withFileTypes: true });
  const inner = entries.find(entry => entry.isDirectory() && entry.name === 'photos');
  if (inner) return photosOf(join(folder, inner.name), work);
  return entries
    .filter(entry => entry.isFile() && /\.jpe?g$/i.test(entry.name))
    .map(entry => resolve(folder, entry.name))
    .sort();
}

/** Blurred noise of 8 megapixels: about the bytes a pixel of a photo. */
async function drawnPhotos(work: string): Promise<string[]> {
  const files: string[] = [];
  for (let i = 0; i < 4; i++) {
    const file = join(work, `drawn-${i}.jpg`);
    writeFileSync(file, await drawnJpeg(8, 20 + i * 10));
    files.push(file);
  }
  return files;
}

/** A JPEG of 4:3 as cameras write them, of so many megapixels. */
export function drawnJpeg(megapixels: number, sigma = 30): Promise<Buffer> {
  return drawn(megapixels, sigma).jpeg({ quality: 90 }).toBuffer();
}

/** Noise of a quarter of the resolution, tiled: the same to do for each pixel at any size. */
export function drawn(megapixels: number, sigma = 30): sharp.Sharp {
  const side = (ratio: number) => Math.round(Math.sqrt(megapixels * 1e6 * ratio));
  const [width, height] = [side(4 / 3), side(3 / 4)];
  const noise = { type: 'gaussian', mean: 128, sigma } as const;
  const create = {
    width: Math.ceil(width / 4),
    height: Math.ceil(height / 4),
    channels: 3,
    background: 'grey',
    noise,
  } as const;
  return sharp({ create, limitInputPixels: false }).resize(width, height, { fit: 'fill', kernel: 'cubic' });
}
