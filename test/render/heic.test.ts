import sharp from 'sharp';
import { type Heif, readHeif } from '../../lambda/thumbnail/render/read/heif';
import { render } from '../../lambda/thumbnail/render/render';
import {
  box,
  clap,
  heifOf,
  hevcItem,
  irot,
  ispe,
  profile,
  u8,
  u16,
  u32,
  type WrittenItem,
  type WrittenReference,
} from './heif-file';
import { type Hevc, hevcOf } from './hevc';
import { corners, type Pixel, paint, QUARTERS, quarters } from './pictures';
import { OPTIONS, reject, renderOne, variant } from './variants';

type Colours = readonly Pixel[];

/** What the thumbnails show, to be told from the pictures: the colours of the quarters, halved. */
const HALVED = QUARTERS.map(colour => colour.map(value => value / 2));
/** {@link corners} of a picture that is turned by a quarter to the left. */
const turned = ([a, b, c, d]: Colours) => [b, d, a, c] as Colours;

function quartersOf(width: number, height: number, colours: Colours = QUARTERS): Hevc {
  return hevcOf({ width, height }, (x, y) => {
    // Not quite one colour, as no photo is.
    const shade = (x + y) % 3;
    const colour = colours[(y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1)] ?? [];
    return colour.map(value => Math.max(0, value - shade));
  });
}

const PICTURE = quartersOf(256, 192);
const SMALL = quartersOf(128, 96, HALVED);
const SIDE = { width: 100, height: 100 };
const THUMBNAIL = { type: 'thmb', from: 2, to: [1] } as const;

const picture = (...properties: Buffer[]) => hevcItem(1, PICTURE, ...properties);
const small = (...properties: Buffer[]) => hevcItem(2, SMALL, ...properties);

async function shows(heic: Buffer, side: { width: number; height: number } = SIDE) {
  const { bytes, width, height, damaged, decoder, size } = await renderOne(heic, side);
  return { colours: await corners(bytes), whole: [width, height], damaged, decoder, size };
}

function expectColours(received: Colours, expected: Colours): void {
  for (const [i, colour] of expected.entries()) expect(received[i]).toBeNear(colour);
}

describe('a HEIC', () => {
  test('by its own thumbnail, where that is large enough', async () => {
    const { colours, ...rest } = await shows(heifOf([picture(), small()], [THUMBNAIL]));
    expectColours(colours, HALVED);
    expect(rest).toEqual({ whole: [256, 192], damaged: false, decoder: 'heif', size: [100, 75] });
  });

  test('by its picture, where a larger one is needed', async () => {
    const heic = heifOf([picture(), small()], [THUMBNAIL]);
    expectColours((await shows(heic, { width: 129, height: 129 })).colours, QUARTERS);
    // One decoding is for all variants.
    const rendering = await render(heic, [variant(SIDE), variant({ width: 200, prefix: 'large/' })], OPTIONS);
    if (rendering.kind === 'rejected') throw new Error(rendering.detail);
    for (const { bytes } of rendering.thumbnails) expectColours(await corners(bytes), QUARTERS);
  });

  test('by the smallest of its thumbnails that is large enough', async () => {
    const larger = hevcItem(3, quartersOf(192, 160));
    const smaller = hevcItem(4, quartersOf(64, 32));
    const references = [THUMBNAIL, ...[3, 4].map(from => ({ type: 'thmb', from, to: [1] }))];
    const heic = heifOf([picture(), larger, small(), smaller], references);
    expectColours((await shows(heic)).colours, HALVED);
  });

  test('turned, where its thumbnail is turned alike', async () => {
    const both = await shows(heifOf([picture(irot(1)), small(irot(1))], [THUMBNAIL]));
    expectColours(both.colours, turned(HALVED));
    expect([both.whole, both.size]).toEqual([
      [192, 256],
      [75, 100],
    ]);
    expectColours(
      (await shows(heifOf([picture(irot(2)), small()], [THUMBNAIL]))).colours,
      [...QUARTERS].reverse(),
    );
  });

  test('whose thumbnail has the shape of the picture once it is cut', async () => {
    const square = quartersOf(128, 128, HALVED);
    const cut = heifOf([picture(), hevcItem(2, square, clap(128, 96))], [THUMBNAIL]);
    expectColours((await shows(cut)).colours, HALVED);
    expectColours((await shows(heifOf([picture(), hevcItem(2, square)], [THUMBNAIL]))).colours, QUARTERS);
  });
  const item = (changes: Partial<WrittenItem>): WrittenItem => ({ ...small(), ...changes });
  const pasp = (width: number, height: number) => box('pasp', u32(width, height));
  const cases: readonly [string, WrittenItem | undefined, WrittenReference[]?][] = [
    ['is nowhere', undefined, [{ type: 'thmb', from: 99, to: [1] }]],
    ['lies beyond the file', item({ at: [0x7fffffff, 1000] })],
    ['ends beyond the file', item({ at: [400, 0x7fffffff] })],
    ['is endless', item({ at: [400, 0] })],
    ['is huge', item({ data: Buffer.alloc(5 * 2 ** 20, 1) })],
    ['has no bytes', item({ data: Buffer.alloc(0) })],
    ['is noise', item({ data: Buffer.from(SMALL.data.map((byte, i) => (i < 8 ? byte : (i * 197) & 255))) })],
    ['is encrypted', item({ protection: 1 })],
    ['is coded otherwise', item({ type: 'av01' })],
    ['is a grid', item({ type: 'grid' })],
    [
      'has no size',
      item({ properties: small().properties?.filter(one => one.toString('latin1', 4, 8) !== 'ispe') ?? [] }),
    ],
    ['has no parameters', item({ properties: [ispe(128, 96)] })],
    ['has pixels of another shape', small(pasp(2, 1))],
    [
      'is of one colour',
      hevcItem(
        2,
        hevcOf({ width: 128, height: 96 }, () => [9, 9, 9]),
      ),
    ],
    ['is as large as the picture', hevcItem(2, quartersOf(256, 192, HALVED))],
  ];
  test.each(cases)(
    'whose thumbnail %s: by its picture',
    async (_, thumbnail, references: readonly WrittenReference[] = [THUMBNAIL]) => {
      const heic = heifOf(thumbnail ? [picture(), thumbnail] : [picture()], [...references]);
      const { colours, damaged } = await shows(heic);
      expectColours(colours, QUARTERS);
      expect(damaged).toBe(false);
    },
  );

  // libheif reads all items before it decodes one.
  const refused: readonly [string, WrittenItem | undefined, WrittenReference[]?][] = [
    ['is the picture itself', undefined, [{ type: 'thmb', from: 1, to: [1] }]],
    [
      'has the picture for its thumbnail',
      small(),
      [
        { type: 'thmb', from: 1, to: [2] },
        { ...THUMBNAIL, to: [2] },
      ],
    ],
    ['is of nothing', small(), [{ type: 'thmb', from: 2, to: [99] }]],
    ['has a size of nothing', item({ properties: [ispe(0, 0), ...(small().properties ?? [])] })],
    ['needs what nobody knows', small(box('xxxx'))],
    ['is cut to nothing', small(clap(0, 0))],
  ];
  test.each(refused)(
    'whose thumbnail %s: damaged',
    async (_, thumbnail, references: readonly WrittenReference[] = [THUMBNAIL]) => {
      const heic = heifOf(thumbnail ? [picture(), thumbnail] : [picture()], [...references]);
      expect((await reject(heic)).reason).toBe('damaged');
    },
  );
});

test('the picture and its thumbnail have the same colours where only the picture has a profile', async () => {
  const p3 =
    (await sharp(await quarters().withIccProfile('p3').png().toBuffer()).metadata()).icc ?? Buffer.alloc(0);
  const muted: Colours = QUARTERS.map(colour => colour.map(value => 60 + value / 2));
  const items = [
    hevcItem(1, quartersOf(256, 192, muted), profile(p3)),
    hevcItem(2, quartersOf(128, 96, muted)),
  ] as const;
  const byPicture = (await shows(heifOf([...items]))).colours;
  const byThumbnail = (await shows(heifOf([...items], [THUMBNAIL]))).colours;
  for (const [i, colour] of byPicture.entries()) expect(byThumbnail[i]).toBeNear(colour, 3);
  // And they are not those of the numbers in the file.
  expect(byPicture[1]).not.toBeNear(muted[1] ?? [], 10);
});

describe('a HEIC that is a grid of tiles', () => {
  const COLUMNS = 4;
  const ROWS = 3;
  const TILE = 64;

  /** Tiles that are the quarters of a picture of that size, which may end within the last ones. */
  function gridOf({ width, height }: { width: number; height: number }, ...properties: Buffer[]) {
    const whole = (x: number, y: number) =>
      QUARTERS[(y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1)] ?? [];
    const tiles = Array.from({ length: COLUMNS * ROWS }, (_, i) => {
      const [left, top] = [(i % COLUMNS) * TILE, Math.floor(i / COLUMNS) * TILE];
      return hevcItem(
        i + 2,
        hevcOf({ width: TILE, height: TILE }, (x, y) => whole(left + x, top + y)),
      );
    });
    const data = Buffer.concat([u8(0, 0, ROWS - 1, COLUMNS - 1), u16(width, height)]);
    const grid = { id: 1, type: 'grid', data, properties: [ispe(width, height), ...properties] };
    return { grid, tiles, references: [{ type: 'dimg', from: 1, to: tiles.map(({ id }) => id) }] };
  }

  const SIZE = { width: 250, height: 180 };

  test.each([[250], [100], [25]])('in a box of %i px', async side => {
    const { grid, tiles, references } = gridOf(SIZE);
    const { colours, ...rest } = await shows(heifOf([grid, ...tiles], references), {
      width: side,
      height: side,
    });
    expectColours(colours, QUARTERS);
    const size = [side, Math.round((side * 180) / 250)];
    expect(rest).toEqual({ whole: [250, 180], damaged: false, decoder: 'heif', size });
  });

  test.each([
    ['turned', [irot(1)], turned(QUARTERS), [180, 250]],
    ['cut', [clap(200, 150)], QUARTERS, [200, 150]],
    [
      'cut and turned',
      [clap(200, 150), irot(3)],
      [QUARTERS[2], QUARTERS[0], QUARTERS[3], QUARTERS[1]],
      [150, 200],
    ],
    ['mirrored', [box('imir', u8(1))], [QUARTERS[1], QUARTERS[0], QUARTERS[3], QUARTERS[2]], [250, 180]],
  ] as const)('%s', async (_, properties, expected, size) => {
    const { grid, tiles, references } = gridOf(SIZE, ...properties);
    const { colours, whole } = await shows(heifOf([grid, ...tiles], references), { width: 40, height: 40 });
    expectColours(colours, expected);
    expect(whole).toEqual(size);
  });

  test('without some of its tiles: the others, damaged', async () => {
    const { grid, tiles, references } = gridOf(SIZE);
    const broken = tiles.map((tile, i) => (i === 11 ? { ...tile, data: Buffer.alloc(2000, 7) } : tile));
    const { colours, damaged } = await shows(heifOf([grid, ...broken], references));
    expectColours(colours.slice(0, 3), QUARTERS.slice(0, 3));
    expect(damaged).toBe(true);
  });

  test('without any of its tiles', async () => {
    const { grid, tiles, references } = gridOf(SIZE);
    const broken = tiles.map(tile => ({ ...tile, data: Buffer.alloc(2000, 7) }));
    expect((await reject(heifOf([grid, ...broken], references))).reason).toBe('damaged');
  });
});

describe('an AVIF', () => {
  /** As sharp writes it, taken apart. */
  async function avifItem(id: number, image: sharp.Sharp): Promise<WrittenItem> {
    const { picture, dataOf } = readHeif(await image.avif({ quality: 90 }).toBuffer()) as Heif;
    const properties = picture.properties.map(({ box }) => Buffer.from(box));
    return { id, type: picture.type, data: dataOf(picture, 1e6) ?? Buffer.alloc(0), properties };
  }

  const halved = () =>
    paint(128, 96, (x, y) => HALVED[(y < 48 ? 0 : 2) + (x < 64 ? 0 : 1)]?.map(v => v + ((x + y) % 3)) ?? []);

  test('by its own thumbnail, and by its picture where that does not decode', async () => {
    const items = [await avifItem(1, quarters(256, 192)), await avifItem(2, halved())] as const;
    const avif = (second: WrittenItem) => heifOf([items[0], second], [THUMBNAIL], { brand: 'avif' });
    const { colours, ...rest } = await shows(avif(items[1]));
    expectColours(colours, HALVED);
    expect(rest).toEqual({ whole: [256, 192], damaged: false, decoder: 'sharp', size: [100, 75] });
    const broken = { ...items[1], data: Buffer.alloc(500, 7) };
    expectColours((await shows(avif(broken))).colours, QUARTERS);
    expectColours((await shows(avif({ ...items[1], type: 'hvc1' }))).colours, QUARTERS);
  });
});

describe("the decoder's thread", () => {
  const heic = heifOf([picture()]);

  test('is ended when the time is up, and the next picture has a new one', async () => {
    const rejected = await reject(heic, { limits: { ...OPTIONS.limits, seconds: 0.001 } });
    expect(rejected.reason).toBe('took too long');
    expectColours((await shows(heic)).colours, QUARTERS);
  });

  test('decodes many at once, and after one that is none', async () => {
    const nothing = heifOf([{ ...picture(), data: Buffer.alloc(100) }]);
    const sources = [heic, nothing, heic, heic, nothing, heic];
    const outcomes = await Promise.all(sources.map(source => render(source, [variant(SIDE)], OPTIONS)));
    expect(outcomes.map(({ kind }) => kind)).toEqual(
      sources.map(source => (source === heic ? 'rendered' : 'rejected')),
    );
  });

  test('has its limit of pixels', async () => {
    // The header says less than there is.
    const lying = heifOf([{ ...picture(), properties: [ispe(16, 16), ...(picture().properties ?? [])] }]);
    const rejected = await reject(lying, { limits: { ...OPTIONS.limits, megapixels: 0.01 } });
    expect(rejected.reason).toMatch(/too large|damaged/);
  });
});

test('a header with any byte changed, or cut anywhere, is read or is not, at once', () => {
  const heic = heifOf([picture(), small()], [THUMBNAIL]);
  const head = heic.subarray(0, heic.indexOf('mdat'));
  for (let at = 0; at < head.length; at++) {
    expect(() => readHeif(head.subarray(0, at))).not.toThrow();
    for (const value of [0, 1, 0x7f, 0xff]) {
      const changed = Buffer.from(heic);
      changed[at] = value;
      const heif = readHeif(changed);
      for (const item of heif?.thumbnails ?? []) expect(() => heif?.dataOf(item, 1e6)).not.toThrow();
    }
  }
});
