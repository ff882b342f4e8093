import type * as magick from '@imagemagick/magick-wasm';
import sharp from 'sharp';
import { dngOf, previewOf } from './dng';
import { heifOf, hevcItem } from './heif-file';
import { hevcOf } from './hevc';
import { paint, quarters } from './pictures';
import { byMagick } from './write-magick';

const MAGICK_FORMATS = [
  'Bmp',
  'Bmp3',
  'Ico',
  'Cur',
  'Psd',
  'Psb',
  'Jp2',
  'J2k',
  'Jxl',
  'Exr',
  'Hdr',
  'Dds',
  'Qoi',
  'Farbfeld',
  'Fits',
  'Dpx',
  'Cin',
  'Sgi',
  'Sun',
  'Pcx',
  'Jng',
  'Ppm',
  'Pam',
] as const satisfies readonly (keyof typeof magick.MagickFormat)[];

/** One small picture in each format that we can write, by name. */
export async function seeds(): Promise<Map<string, Buffer>> {
  const picture = () =>
    quarters(96, 64).composite([
      { input: { create: { width: 20, height: 20, channels: 3, background: '#888' } } },
    ]);
  const alpha = () => paint(60, 40, (x, y) => [x * 4, y * 6, 99, x < 30 ? 255 : 120]);
  const frames = paint(40, 120, (x, y) => [x * 6, y * 2, 40]);
  const paged = { raw: { width: 40, height: 120, channels: 3 as const, pageHeight: 40 } };
  const animation = async () => sharp(await frames.raw().toBuffer(), paged);
  const made: [string, Promise<Buffer>][] = [
    ['jpeg', picture().jpeg().toBuffer()],
    ['jpeg progressive', picture().jpeg({ progressive: true }).withMetadata({ orientation: 6 }).toBuffer()],
    ['jpeg cmyk', picture().toColourspace('cmyk').jpeg().toBuffer()],
    ['png', picture().png().toBuffer()],
    ['png interlaced', alpha().png({ progressive: true }).withIccProfile('p3').toBuffer()],
    ['png 16 bit', picture().toColourspace('rgb16').png().toBuffer()],
    ['webp', alpha().webp().toBuffer()],
    ['webp lossless', alpha().webp({ lossless: true }).toBuffer()],
    ['webp animated', animation().then(image => image.webp().toBuffer())],
    ['gif animated', animation().then(image => image.gif().toBuffer())],
    [
      'heic with thumbnail',
      Promise.resolve(
        heifOf(
          [
            hevcItem(
              1,
              hevcOf({ width: 128, height: 96 }, (x, y) => [x, y * 2, 99]),
            ),
            hevcItem(
              2,
              hevcOf({ width: 64, height: 64 }, (x, y) => [x * 2, y * 3, 99]),
            ),
          ],
          [{ type: 'thmb', from: 2, to: [1] }],
        ),
      ),
    ],
    ['avif', picture().avif({ effort: 0 }).toBuffer()],
    ['tiff', picture().tiff({ compression: 'none' }).toBuffer()],
    ['tiff lzw tiled', picture().tiff({ compression: 'lzw', tile: true, pyramid: true }).toBuffer()],
    ['tiff jpeg', picture().tiff({ compression: 'jpeg' }).toBuffer()],
    ['tiff deflate', picture().tiff({ compression: 'deflate', predictor: 'horizontal' }).toBuffer()],
    [
      'svg',
      Promise.resolve(
        Buffer.from(
          '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60"><g><circle r="30"/></g></svg>',
        ),
      ),
    ],
    ['raw', dngOf(64, 48)],
    ['raw with preview', previewOf(96, 72).then(preview => dngOf(64, 48, { preview }))],
  ];
  const png = await picture().png().toBuffer();
  for (const format of MAGICK_FORMATS) made.push([format.toLowerCase(), byMagick(png, format)]);
  // Only version 2 of Targa has a signature, at its end, which ImageMagick does not write.
  const footer = Buffer.from('\0\0\0\0\0\0\0\0TRUEVISION-XFILE.\0');
  made.push(['tga', byMagick(png, 'Tga').then(tga => Buffer.concat([tga, footer]))]);
  return new Map(await Promise.all(made.map(async ([name, bytes]) => [name, await bytes] as const)));
}
