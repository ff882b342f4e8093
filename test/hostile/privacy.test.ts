import fc from 'fast-check';
import sharp from 'sharp';
import { FORMATS } from '../../lambda/thumbnail/model/variant';
import { render } from '../../lambda/thumbnail/render/render';
import { noise, paint } from '../render/pictures';
import { OPTIONS, variant } from '../render/variants';
import { ENDURANCE } from '../support/requires';
import {
  behind,
  betweenScans,
  IN_PNG,
  inBoxBehind,
  inExifAndXmp,
  inflatedTexts,
  inGifExtension,
  inJfifThumbnail,
  inJpegProfile,
  inJpegSegment,
  inSecondJpeg,
  inWebpChunk,
  type Plant,
} from './plant';

/** Each is smaller than its new encoding at the default quality, and fits the larger of the boxes below. */
const IMAGES: Readonly<Record<string, () => Promise<Buffer>>> = {
  jpeg: () => noise(64, 48).jpeg({ quality: 10 }).toBuffer(),
  'progressive jpeg': () => noise(96, 72).jpeg({ quality: 5, progressive: true }).toBuffer(),
  png: () => noise(64, 48).png({ palette: true, colours: 4 }).toBuffer(),
  webp: () => noise(64, 48).webp({ quality: 5 }).toBuffer(),
  'animated webp': async () =>
    sharp(await animation(), PAGED)
      .webp()
      .toBuffer(),
  tiff: () => noise(64, 48).tiff({ compression: 'lzw' }).toBuffer(),
  gif: () => noise(64, 48).gif({ colours: 4 }).toBuffer(),
  'animated gif': async () =>
    sharp(await animation(), PAGED)
      .gif()
      .toBuffer(),
  avif: () => noise(64, 48).avif({ quality: 10, effort: 0 }).toBuffer(),
  svg: async () =>
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="64" height="48"><circle r="30"/></svg>'),
};

const PAGED = { raw: { width: 40, height: 90, channels: 3 as const, pageHeight: 30 } };
const animation = () =>
  paint(40, 90, (x, y) => [x * 6, y * 2, 40])
    .raw()
    .toBuffer();

/** Nothing here can write HEVC: the same container with AV1 in it, whose brand takes it the way of HEIC, to ImageMagick. */
const asHeic = (avif: Buffer) =>
  Buffer.from(avif.toString('latin1').replaceAll('avif', 'mif1').replaceAll('avis', 'msf1'), 'latin1');
const asHeicAfter =
  (plant: Plant): Plant =>
  async (image, secret) =>
    asHeic(await plant(image, secret));

const APPLICATION = 0xff;
const COMMENT = 0xfe;
const places: readonly (readonly [string, string, Plant])[] = [
  ...Array.from({ length: 16 }, (_, i) => ['jpeg', `APP${i}`, inJpegSegment(0xe0 + i)] as const),
  ['jpeg', 'APP14 like Adobe’s', inJpegSegment(0xee, 'Adobe\0\x64\0\0\0\0\x01')],
  ['jpeg', 'a comment', inJpegSegment(0xfe)],
  ['jpeg', 'the JFIF thumbnail', inJfifThumbnail],
  ['jpeg', 'its colour profile', inJpegProfile],
  ['jpeg', 'a second JPEG behind it', inSecondJpeg],
  ['progressive jpeg', 'a comment between scans', betweenScans],
  ...Object.entries(IN_PNG).map(([place, plant]) => ['png', place, plant] as const),
  ...['webp', 'animated webp'].flatMap(image =>
    ['EXIF', 'XMP ', 'prVt'].map(chunk => [image, `a chunk ${chunk}`, inWebpChunk(chunk)] as const),
  ),
  ...['gif', 'animated gif'].flatMap(image => [
    [image, 'a comment', inGifExtension(COMMENT)] as const,
    [image, 'an application extension', inGifExtension(APPLICATION, 'PRIVATEAPP1')] as const,
    [image, 'XMP', inGifExtension(APPLICATION, 'XMP DataXMP')] as const,
  ]),
  ...['free', 'uuid'].flatMap(box => [
    ['avif', `a box ${box} behind the others`, inBoxBehind(box)] as const,
    ['avif', `a HEIC’s box ${box} behind the others`, asHeicAfter(inBoxBehind(box))] as const,
  ]),
  ['avif', 'Exif and XMP of a HEIC', asHeicAfter(inExifAndXmp)],
  ['avif', 'the bytes behind the end of a HEIC', asHeicAfter(behind)],
  [
    'svg',
    'a comment',
    (svg, secret) => Buffer.from(svg.toString().replace('<circle', `<!--${secret}--><circle`)),
  ],
  [
    'svg',
    'its title',
    (svg, secret) => Buffer.from(svg.toString().replace('<circle', `<title>${secret}</title><circle`)),
  ],
  ...['jpeg', 'png', 'webp', 'animated webp', 'tiff', 'avif'].map(
    image => [image, 'Exif and XMP', inExifAndXmp] as const,
  ),
  ...Object.keys(IMAGES).map(image => [image, 'the bytes behind its end', behind] as const),
];

const variants = [20, 100].flatMap(size => [
  ...FORMATS.map(format => variant({ width: size, height: size, format })),
  variant({ width: size, height: size, format: 'source', animated: true }),
  variant({ width: size, height: size, format: 'webp', animated: true }),
]);

const RUNS = ENDURANCE ? 2 : 1;

/** 96 random bits in letters and digits, which the places for text keep too. */
const secrets = fc.noShrink(
  fc.noBias(fc.uint8Array({ minLength: 12, maxLength: 12 })).map(bytes => Buffer.from(bytes).toString('hex')),
);

test.each(places)('%s: nothing in %s comes out', async (name, _, plant) => {
  const image = await IMAGES[name]?.();
  if (image === undefined) throw new Error(`no image ${name}`);
  await fc.assert(
    fc.asyncProperty(secrets, async secret => {
      const source = await plant(image, secret);
      const rendering = await render(source, variants, OPTIONS);
      const thumbnails = rendering.kind === 'rendered' ? rendering.thumbnails : [];
      for (const { bytes, contentType, variant } of thumbnails) {
        const thumbnail = Buffer.from(bytes);
        const texts = contentType === 'image/png' ? inflatedTexts(thumbnail) : Buffer.alloc(0);
        expect({ variant, leaked: thumbnail.includes(secret) || texts.includes(secret) }).toEqual({
          variant,
          leaked: false,
        });
      }
    }),
    { numRuns: RUNS },
  );
});

test('the images are rendered with what is planted in them, but for an SVG with bytes behind its end', async () => {
  const unread: string[] = [];
  for (const [name, place, plant] of places) {
    const image = await IMAGES[name]?.();
    const source = await plant(image ?? Buffer.alloc(0), '0123456789abcdef01234567');
    const rendering = await render(source, [variant()], OPTIONS);
    if (rendering.kind === 'rejected') unread.push(`${name}: ${place}`);
  }
  expect(unread).toEqual(['svg: the bytes behind its end']);
});
