import sharp from 'sharp';
import { readJpegHeader } from '../../lambda/thumbnail/render/read/jpeg-header';
import { withOrientation } from '../../lambda/thumbnail/render/read/orient-jpeg';
import { quarters } from './pictures';

const FIELDS = [
  'format',
  'width',
  'height',
  'autoOrient',
  'orientation',
  'space',
  'depth',
  'isProgressive',
  'hasProfile',
] as const;

async function bySharp(jpeg: Uint8Array) {
  const metadata = await sharp(jpeg, { failOn: 'none' }).metadata();
  return Object.fromEntries(FIELDS.flatMap(field => (field in metadata ? [[field, metadata[field]]] : [])));
}

async function expectSame(jpeg: Uint8Array): Promise<void> {
  const ours = readJpegHeader(jpeg);
  if (ours === undefined) return;
  const { exif: _, ...fields } = ours;
  expect(fields).toEqual(await bySharp(jpeg));
}

const turned = async (orientation: number) =>
  withOrientation(await quarters(60, 40).jpeg().toBuffer(), orientation);

test.each([1, 2, 3, 4, 5, 6, 7, 8])('says what sharp says of orientation %i', async orientation => {
  const jpeg = await turned(orientation);
  expect(readJpegHeader(jpeg)).toMatchObject({ orientation });
  await expectSame(jpeg);
});

test.each([{ progressive: true }, { chromaSubsampling: '4:4:4' }, { mozjpeg: true }])(
  'says what sharp says of a JPEG with %o',
  async options => {
    const jpeg = await quarters(60, 40).jpeg(options).toBuffer();
    expect(readJpegHeader(jpeg)).toBeDefined();
    await expectSame(jpeg);
  },
);

test.each([
  ['grey', () => quarters().toColourspace('b-w').jpeg().toBuffer()],
  ['CMYK', () => quarters().toColourspace('cmyk').jpeg().toBuffer()],
  ['with a profile', () => quarters().withIccProfile('p3').jpeg().toBuffer()],
  ['cut off in its header', async () => (await quarters().jpeg().toBuffer()).subarray(0, 100)],
])('leaves to sharp a JPEG that is %s', async (_, make) => {
  expect(readJpegHeader(await make())).toBeUndefined();
});

test('says nothing else of 2,000 JPEGs with damaged headers', async () => {
  const jpeg = Buffer.from(await turned(6));
  const header = jpeg.indexOf(Buffer.from('ffda', 'hex'));
  let seed = 20_261_122;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return seed % below;
  };
  for (let i = 0; i < 2_000; i++) {
    const damaged = Buffer.from(jpeg);
    damaged[2 + random(header)] = random(256);
    const ours = readJpegHeader(damaged);
    const theirs = await bySharp(damaged).catch(() => undefined);
    if (ours && theirs)
      expect({ at: i, ...ours.autoOrient }).toEqual({ at: i, ...(theirs.autoOrient as object) });
  }
});
