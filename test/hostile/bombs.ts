import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import type { Variant } from '../../lambda/thumbnail/model/variant';
import { FORMATS, largest } from '../endurance/largest';
import { noise } from '../render/pictures';
import { byMagick } from '../render/write-magick';
import { bitmap, bmpWithoutPixels, icon } from '../support/bmp';
import { pngOf } from '../support/png';
import { drawnSvgs, refusedSvgs, SLOW_SVG } from './svg-bombs';

/** A file that is made to take more than its size says. */
export interface Bomb {
  readonly key: string;
  readonly bytes: Uint8Array;
}

const plain = (side: number) =>
  sharp({
    create: { width: side, height: side, channels: 3, background: '#7799bb' },
    limitInputPixels: false,
  });

/** A GIF of so many frames of one colour. */
async function longGif(frames: number, side: number): Promise<Buffer> {
  const one = await plain(side).gif().toBuffer();
  const first = one.indexOf(Buffer.from([0x21, 0xf9]));
  const frame = one.subarray(first > 0 ? first : one.indexOf(0x2c, 13), -1);
  return Buffer.concat([one.subarray(0, -1), ...Array(frames - 1).fill(frame), Buffer.from([0x3b])]);
}

/** Another size in the header of a JPEG, which has no data for it. */
async function lyingJpeg(side: number, progressive: boolean): Promise<Buffer> {
  const jpeg = await noise(400, 300).jpeg({ progressive }).toBuffer();
  const frame = jpeg.indexOf(Buffer.from([0xff, progressive ? 0xc2 : 0xc0])) + 5;
  jpeg.writeUInt16BE(side, frame);
  jpeg.writeUInt16BE(side, frame + 2);
  return jpeg;
}

/** Another size in the header of what ImageMagick reads. */
async function lyingPsd(side: number): Promise<Buffer> {
  const psd = await byMagick(await noise(64, 48).png().toBuffer(), 'Psd');
  psd.writeUInt32BE(side, 14);
  psd.writeUInt32BE(side, 18);
  return psd;
}

const pam = (side: number, data: number) =>
  Buffer.concat([
    Buffer.from(`P7\nWIDTH ${side}\nHEIGHT ${side}\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n`),
    Buffer.alloc(data),
  ]);

/**
 * All that the tests know, with the largest pictures that the limits of a function let through, and the corpus' own.
 *
 * @param corpus its folder, if there is one
 */
export async function bombs(
  { memoryMiB, variants }: { readonly memoryMiB: number; readonly variants: readonly Variant[] },
  corpus: string | undefined,
): Promise<Bomb[]> {
  const png = await noise(3000, 3000).png({ compressionLevel: 1 }).toBuffer();
  const interlaced = await noise(3000, 3000).png({ compressionLevel: 1, progressive: true }).toBuffer();
  const raster: Readonly<Record<string, Uint8Array>> = {
    'size that is a lie.png': pngOf(65_536, 65_536),
    'size that is a lie.bmp': bmpWithoutPixels(65_536, 65_536),
    'size within the pixels.bmp': bmpWithoutPixels(8000, 8000),
    'size that is a lie.jpg': await lyingJpeg(65_000, false),
    'size within the pixels.jpg': await lyingJpeg(17_000, false),
    'size within the pixels, progressive.jpg': await lyingJpeg(7000, true),
    'size that is a lie.psd': await lyingPsd(30_000),
    'size within the memory.psd': await lyingPsd(6000),
    'size that is a lie.pam': pam(9000, 1000),
    'size within the memory.pam': pam(5000, 5000 * 5000 * 3),
    'icon of a large png.ico': icon([{ side: 8, bytes: pngOf(16_000, 16_000) }]),
    'icon of a thousand pictures.ico': icon(
      Array.from({ length: 999 }, () => ({
        side: 8,
        bytes: bitmap({ width: 2000, height: 4000, rows: Buffer.alloc(8) }),
      })),
    ),
    'deflated 1000 times.png': pngOf(12_000, 12_000, deflateSync(Buffer.alloc((12_000 * 3 + 1) * 12_000))),
    'deflated far beyond its size.png': pngOf(100, 100, deflateSync(Buffer.alloc(400 * 2 ** 20))),
    'cut off.png': png.subarray(0, png.length - 1000),
    'cut off, interlaced.png': interlaced.subarray(0, interlaced.length / 2),
    'one colour.gif': await plain(8000).gif().toBuffer(),
    'a thousand frames.gif': await longGif(1000, 1000),
  };
  const largestOfAll = FORMATS.map(async name => {
    const { image, format } = largest(name, memoryMiB, variants);
    return { key: `the largest ${name}.${format}`, bytes: await image.toBuffer() };
  });
  const svgs = [
    ...(await refusedSvgs()).map(([name, bytes]) => ({ key: `${name}.svg`, bytes })),
    ...drawnSvgs().map(([name, bytes]) => ({ key: `${name}.svg`, bytes })),
    { key: 'slow.svg', bytes: SLOW_SVG },
  ];
  const folder = corpus === undefined ? undefined : join(corpus, 'bombs');
  const others = folder === undefined ? [] : readdirSync(folder);
  return [
    ...Object.entries(raster).map(([key, bytes]) => ({ key, bytes })),
    ...(await Promise.all(largestOfAll)),
    ...svgs,
    ...others.map(file => ({ key: `corpus ${file}`, bytes: readFileSync(join(folder ?? '', file)) })),
  ];
}
