import sharp from 'sharp';
import { decodeGif } from '../../lambda/thumbnail/render/decode/decode-gif';
import { repairPng } from '../../lambda/thumbnail/render/decode/repair-png';
import { bitmap, icon } from '../support/bmp';
import { paint, pixelsOf, quarters } from './pictures';
import { renderOne } from './variants';

const [WIDTH, HEIGHT] = [61, 43];
const colours = paint(WIDTH, HEIGHT, (x, y) => [x * 4, y * 5, (x * y) % 256]);
const alpha = paint(WIDTH, HEIGHT, (x, y) => [x * 4, y * 5, 90, (x + y) * 2]);
const samples = (bytes: Uint8Array) => sharp(bytes).raw().toBuffer();

describe('a PNG that is written anew', () => {
  const kinds: readonly (readonly [string, () => sharp.Sharp, sharp.PngOptions])[] = [
    ['rgb', () => colours.clone(), {}],
    ['rgba', () => alpha.clone(), {}],
    ['grey', () => colours.clone().toColourspace('b-w'), {}],
    ['16 bit', () => colours.clone().toColourspace('rgb16'), {}],
    ['1 bit', () => colours.clone(), { palette: true, colours: 2 }],
    ['4 bit', () => colours.clone(), { palette: true, colours: 16 }],
    ['8 bit', () => colours.clone(), { palette: true, colours: 200 }],
  ];
  describe.each([false, true])('interlaced: %s', progressive => {
    test.each(kinds)('is the same picture: %s', async (_, picture, options) => {
      const png = await picture()
        .png({ ...options, progressive, adaptiveFiltering: true })
        .toBuffer();
      expect(await samples(await repairPng(png, 2 ** 20))).toEqual(await samples(png));
    });
  });

  test('has blocks where its passes are missing', async () => {
    const png = await quarters(64, 48).png({ progressive: true, compressionLevel: 0 }).toBuffer();
    const { bytes, decoder, damaged } = await renderOne(png.subarray(0, png.length / 3), { format: 'png' });
    expect({ decoder, damaged }).toEqual({ decoder: 'own', damaged: true });
    expect(await samples(bytes)).toEqual(await samples(png));
  });

  test('is none where it would take too much', async () => {
    await expect(repairPng(await colours.clone().png().toBuffer(), 1000)).rejects.toThrow('too large');
  });
});

describe("our decoder's GIF", () => {
  const gif = () => colours.clone().gif().toBuffer();

  test.each([
    ['plain', gif],
    ['with transparency', () => alpha.clone().gif().toBuffer()],
    [
      'interlaced',
      async () => {
        const source = await gif();
        // The flags of its first frame, behind the head, the colours, and the control block.
        const at = source.indexOf(0x2c, 13 + 3 * 2 ** (((source[10] as number) & 7) + 1));
        source[at + 9] = (source[at + 9] as number) | 0x40;
        return source;
      },
    ],
  ])("is libvips', %s", async (_, source) => {
    const bytes = await source();
    const [ours, theirs] = [decodeGif(bytes, 1e6).samples, await sharp(bytes).ensureAlpha().raw().toBuffer()];
    // What is transparent has no colour.
    const shown = (pixels: Uint8Array) =>
      pixels.map((value, i) => ((pixels[i | 3] as number) > 0 ? value : 0));
    expect(Buffer.compare(shown(ours), shown(Uint8Array.from(theirs)))).toBe(0);
  });

  test('is shown up to a code that is wrong', async () => {
    const source = await quarters(64, 48).gif().toBuffer();
    const half = Math.floor(source.length * 0.8);
    source.fill(0xff, half, half + 20);
    expect(await renderOne(source)).toMatchObject({ decoder: 'own', damaged: true, size: [64, 48] });
  });
});

test('a progressive JPEG is shown by the scans before a marker that is wrong', async () => {
  const jpeg = await quarters(64, 48).jpeg({ progressive: true }).toBuffer();
  const broken = Buffer.concat([jpeg.subarray(0, jpeg.length / 2), jpeg]);
  expect(await renderOne(broken)).toMatchObject({ decoder: 'sharp tolerant', damaged: true });
});

describe('of an icon', () => {
  const picture = (side: 16 | 32, bits: 24 | 32) => ({
    side,
    bytes: bitmap({ width: side, height: side * 2, bits, rows: Buffer.alloc(side * side * 5, 200) }),
  });

  test('the largest picture is shown', async () => {
    const source = icon([picture(16, 24), picture(32, 24), picture(16, 32)]);
    expect((await renderOne(source)).size).toEqual([32, 32]);
  });

  test('of two of a size the one with more bits', async () => {
    const source = icon([picture(16, 24), picture(16, 32)]);
    const { at } = await pixelsOf((await renderOne(source, { format: 'png' })).bytes);
    expect(at(8, 8)).toEqual([200, 200, 200, 200]);
  });

  test('the next is shown where the largest does not decode', async () => {
    const source = icon([picture(16, 24), { side: 32, bytes: picture(32, 32).bytes.subarray(0, 60) }]);
    expect((await renderOne(source)).size).toEqual([16, 16]);
  });
});
