import sharp from 'sharp';
import { withoutAppended } from '../../lambda/thumbnail/render/read/heif-end';
import { readIfds } from '../../lambda/thumbnail/render/read/tiff';
import { noise, pixelsOf, quarters } from './pictures';
import { reject, renderOne } from './variants';
import { byMagick } from './write-magick';

const picture = () => noise(200, 200);
const black = () => sharp({ create: { width: 200, height: 200, channels: 3, background: '#000' } });

/** Everything between the head and the directory at the end, or a part of it, is no code any more. */
function spoil(tiff: Buffer, from: number, to: number): Buffer {
  return Buffer.from(tiff).fill(0xff, from, to);
}

describe('a picture of which nothing decodes is none', () => {
  const sources: readonly (readonly [string, () => Promise<Buffer>])[] = [
    ['a PNG cut off in its first row', async () => (await picture().png().toBuffer()).subarray(0, 600)],
    ['a GIF cut off in its first codes', async () => (await picture().gif().toBuffer()).subarray(0, 820)],
    [
      'a PSD cut off before its picture',
      async () => (await byMagick(await picture().png().toBuffer(), 'Psd')).subarray(0, 60),
    ],
    ...(['lzw', 'deflate', 'jpeg'] as const).map(
      compression =>
        [
          `a TIFF of broken ${compression}`,
          async () => {
            const tiff = await picture().tiff({ compression }).toBuffer();
            return spoil(tiff, 8, tiff.readUInt32LE(4));
          },
        ] as const,
    ),
    [
      'a TIFF in broken tiles',
      async () => {
        const tiff = await picture().tiff({ compression: 'lzw', tile: true }).toBuffer();
        return spoil(tiff, 8, tiff.readUInt32LE(4));
      },
    ],
    [
      'a TIFF of a coding that no decoder has',
      async () => {
        const tiff = await picture().tiff({ compression: 'lzw' }).toBuffer();
        const directory = tiff.readUInt32LE(4);
        for (let at = directory + 2; at < directory + 2 + 12 * tiff.readUInt16LE(directory); at += 12)
          if (tiff.readUInt16LE(at) === 0x103) tiff.writeUInt16LE(34925, at + 8);
        return tiff;
      },
    ],
  ];
  test.each(sources)('%s', async (_, source) => {
    expect(await reject(await source())).toMatchObject({ reason: 'damaged' });
  });
});

describe('a picture of which some decodes is shown as damaged, whatever its colour', () => {
  test.each([
    ['a PNG', async () => picture().png().toBuffer(), 'own'],
    ['a black PNG', async () => black().png({ compressionLevel: 0 }).toBuffer(), 'own'],
    ['a GIF', async () => picture().gif().toBuffer(), 'own'],
    ['a JPEG', async () => picture().jpeg().toBuffer(), 'sharp tolerant'],
  ] as const)('%s that is cut off', async (_, source, decoder) => {
    const bytes = await source();
    const half = bytes.subarray(0, bytes.length / 2);
    expect(await renderOne(half)).toMatchObject({ decoder, damaged: true });
  });

  test('a PSD that is cut off', async () => {
    const psd = await byMagick(await picture().png().toBuffer(), 'Psd');
    expect(await renderOne(psd)).toMatchObject({ decoder: 'magick', damaged: false });
    const half = psd.subarray(0, psd.length * 0.9);
    expect(await renderOne(half)).toMatchObject({ decoder: 'magick', damaged: true });
  });

  test('a TIFF in tiles, the first of which is broken', async () => {
    const tiff = await quarters(512, 512)
      .tiff({ compression: 'lzw', tile: true, tileWidth: 256, tileHeight: 256 })
      .toBuffer();
    const first = readIfds(tiff)[0]?.numbers.get(0x144)?.[0] ?? 0;
    const { bytes, ...rest } = await renderOne(spoil(tiff, first, first + 100));
    expect(rest).toMatchObject({ decoder: 'sharp tolerant', damaged: true });
    expect((await pixelsOf(bytes)).at(150, 150)).toBeNear([255, 255, 0]);
  });

  test('a JPEG whose header promises more than its data can hold', async () => {
    const jpeg = await quarters(400, 300).jpeg().toBuffer();
    const sound = await renderOne(jpeg);
    const size = jpeg.indexOf(Buffer.from([0xff, 0xc0])) + 5;
    jpeg.writeUInt16BE(9000, size);
    jpeg.writeUInt16BE(9000, size + 2);
    expect([sound.damaged, (await renderOne(jpeg)).damaged]).toEqual([false, true]);
  });
});

test.each(['#000000', '#ffffff', '#777777'])('a sound picture of one colour stays: %s', async background => {
  const picture = sharp({ create: { width: 300, height: 200, channels: 3, background } });
  for (const format of ['png', 'tiff', 'jpeg', 'gif'] as const) {
    const source = await picture.clone().toFormat(format).toBuffer();
    expect(await renderOne(source)).toMatchObject({ decoder: 'sharp', damaged: false });
  }
});

test('a HEIC ends where another file begins behind it', () => {
  const box = (name: string, bytes: number) => {
    const head = Buffer.alloc(bytes);
    head.writeUInt32BE(bytes);
    head.write(name, 4);
    return head;
  };
  const heic = Buffer.concat([box('ftyp', 24), box('meta', 100), box('mdat', 300)]);
  const film = Buffer.concat([box('ftyp', 16), box('moov', 80)]);
  expect(withoutAppended(Buffer.concat([heic, film]))).toEqual(heic);
  for (const tail of [Buffer.alloc(0), Buffer.alloc(3), Buffer.alloc(50, 255), box('free', 20)])
    expect(withoutAppended(Buffer.concat([heic, tail]))).toHaveLength(heic.length + tail.length);
});

describe('a JPEG 2000 that comes out smaller than its header says', () => {
  /** 100 × 100 px, of which only each so many columns is coded (XRsiz; ISO/IEC 15444-1, A.5.1). */
  async function coarse(columns: number): Promise<Buffer> {
    const bytes = await byMagick(await quarters(100, 100).png().toBuffer(), 'J2k');
    const siz = bytes.indexOf('ff51', 0, 'hex');
    for (let i = 0; i < bytes.readUInt16BE(siz + 38); i++) bytes[siz + 41 + i * 3] = columns;
    return bytes;
  }

  test('is damaged', async () => {
    expect(await renderOne(await coarse(1))).toMatchObject({ damaged: false, size: [100, 100] });
    expect(await renderOne(await coarse(2))).toMatchObject({ damaged: true });
  });

  test('is none where hardly anything came out', async () => {
    expect(await reject(await coarse(100))).toMatchObject({ reason: 'damaged' });
  });
});
