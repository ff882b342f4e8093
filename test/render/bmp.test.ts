import { sniff } from '../../lambda/thumbnail/render/read/sniff';
import { bitmap, bmp, icon } from '../support/bmp';
import { pixelsOf, quarters } from './pictures';
import { reject, renderOne } from './variants';

const [RED, BLUE, WHITE] = [
  [255, 0, 0],
  [0, 0, 255],
  [255, 255, 255],
];

/** 24 bits a pixel: red, or blue. */
const row = (blue: number, red: number) => Buffer.from(Array(8).fill([blue, 0, red]).flat());
const RED_ROWS = Array(4).fill(row(0, 255));
const BLUE_ROWS = Array(4).fill(row(255, 0));
/** Blue, red; a byte for blue, green, red and nothing. */
const PALETTE = [255, 0, 0, 0, 0, 0, 255, 0];

function lengthOf7(source: Buffer): Buffer {
  source.writeUInt32LE(7, 2);
  return source;
}

/** The first and the last row's first pixel. */
async function ends(source: Uint8Array) {
  const { bytes, decoder, damaged } = await renderOne(source, { format: 'png' });
  const { at, height } = await pixelsOf(bytes);
  return { top: at(0, 0).slice(0, 3), bottom: at(0, height - 1).slice(0, 3), decoder, damaged };
}

describe('a BMP', () => {
  test.each([
    ['from the bottom up', bmp({ height: 8, rows: Buffer.concat([...RED_ROWS, ...BLUE_ROWS]) }), false],
    ['from the top down', bmp({ height: -8, rows: Buffer.concat([...BLUE_ROWS, ...RED_ROWS]) }), false],
    [
      'that lies about its length',
      lengthOf7(bmp({ height: 8, rows: Buffer.concat([...RED_ROWS, ...BLUE_ROWS]) })),
      false,
    ],
    [
      'of run lengths from the top down',
      bmp({
        bits: 8,
        height: -2,
        compression: 1,
        palette: PALETTE,
        rows: Buffer.from([8, 0, 0, 0, 8, 1, 0, 1]),
      }),
      false,
    ],
    [
      'of runs of 4 bits',
      bmp({
        bits: 4,
        height: 2,
        compression: 2,
        palette: PALETTE,
        rows: Buffer.from([8, 17, 0, 0, 8, 0, 0, 1]),
      }),
      false,
    ],
    [
      'with an index beyond its palette',
      bmp({
        bits: 8,
        height: 2,
        palette: PALETTE,
        rows: Buffer.from([...Array(8).fill(1), ...Array(8).fill(9)]),
      }),
      true,
    ],
    [
      'of runs that end early',
      bmp({ bits: 8, height: 3, compression: 1, palette: PALETTE, rows: Buffer.from([8, 1, 0, 0, 0, 1]) }),
      true,
    ],
  ])('%s', async (_, source, damaged) => {
    expect(await ends(source)).toEqual({ top: BLUE, bottom: RED, decoder: 'own', damaged });
  });

  test('that is cut off shows the rows that are there', async () => {
    const cut = bmp({ height: 8, rows: Buffer.concat(RED_ROWS) });
    expect(await ends(cut)).toEqual({ top: [0, 0, 0], bottom: RED, decoder: 'own', damaged: true });
  });

  test.each([
    ['without a whole row', bmp({ height: 8, rows: Buffer.alloc(10) })],
    [
      'of runs that name no pixel',
      bmp({ bits: 8, compression: 1, palette: PALETTE, rows: Buffer.from([0, 1]) }),
    ],
  ])('%s is none', async (_, source) => {
    expect(await reject(source)).toMatchObject({ reason: 'damaged' });
  });

  test('with masks of its own', async () => {
    const rows = Buffer.alloc(8 * 2 * 2);
    // 5-6-5: the bottom row red, the top row blue.
    for (let x = 0; x < 8; x++) {
      rows.writeUInt16LE(0xf800, x * 2);
      rows.writeUInt16LE(0x001f, 16 + x * 2);
    }
    const fields = Buffer.alloc(12);
    [0xf800, 0x07e0, 0x001f].forEach((mask, i) => {
      fields.writeUInt32LE(mask, i * 4);
    });
    const source = bmp({ bits: 16, height: 2, compression: 3, rows: Buffer.concat([fields, rows]) });
    expect(await ends(source)).toMatchObject({ top: BLUE, bottom: RED, decoder: 'own' });
  });
});

describe('an icon', () => {
  /** Rows of one bit a pixel, and of its mask; each padded to 4 bytes. */
  const bits = (...bytes: number[]) => Buffer.from(bytes.flatMap(byte => [byte, 0, 0, 0]));

  test.each([8, 200])('of one bit with a mask, whose directory says %i px', async side => {
    // Both rows blue, then red; the upper one of which is transparent.
    const source = icon([
      { side, bytes: bitmap({ bits: 1, palette: PALETTE, rows: bits(0x0f, 0x0f, 0x00, 0xff) }) },
    ]);
    const { bytes, decoder, size } = await renderOne(source);
    expect({ decoder, size }).toEqual({ decoder: 'own', size: [8, 2] });
    const { at } = await pixelsOf((await renderOne(source, { format: 'png' })).bytes);
    expect(at(0, 0)[3]).toBe(0);
    expect([at(0, 1), at(7, 1)]).toEqual([
      [...BLUE, 255],
      [...RED, 255],
    ]);
    expect((await pixelsOf(bytes)).at(4, 0)).toBeNear(WHITE, 60);
  });

  test('with a PNG', async () => {
    const png = await quarters(64, 48).png().toBuffer();
    expect(await renderOne(icon([{ side: 8, bytes: png }]))).toMatchObject({
      decoder: 'own',
      size: [64, 48],
    });
  });

  test('with a PNG that is too large for the memory is refused by its size', async () => {
    const png = Buffer.from(await quarters(64, 48).png().toBuffer());
    png.writeUInt32BE(16_000, 16);
    png.writeUInt32BE(16_000, 20);
    const source = icon([{ side: 8, bytes: png }]);
    expect(sniff(source).format).toBe('ico');
    const { reason, detail } = await reject(source);
    expect(reason).toBe('too large');
    expect(detail).toMatch(/16000 × 16000 px needs about \d+ MiB of memory as an icon/);
  });
});
