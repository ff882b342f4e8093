import { decodeWithMagick } from '../../lambda/thumbnail/render/decode/decode-magick';
import { asTiff } from '../../lambda/thumbnail/render/decode/raster-tiff';
import { corners, paint, QUARTERS } from './pictures';
import { renderOne } from './variants';

/** How a camera held the picture that must come out upright: quarters in the stored order. Exif 3.0, 4.6.5.1.6. */
const STORED = [
  { orientation: 1, from: [0, 1, 2, 3], sideways: false },
  { orientation: 2, from: [1, 0, 3, 2], sideways: false },
  { orientation: 3, from: [3, 2, 1, 0], sideways: false },
  { orientation: 4, from: [2, 3, 0, 1], sideways: false },
  { orientation: 5, from: [0, 2, 1, 3], sideways: true },
  { orientation: 6, from: [1, 3, 0, 2], sideways: true },
  { orientation: 7, from: [3, 1, 2, 0], sideways: true },
  { orientation: 8, from: [2, 0, 3, 1], sideways: true },
] as const;

const FORMATS = ['jpeg', 'webp', 'avif', 'png', 'tiff'] as const;

describe.each(FORMATS)('%s', format => {
  test.each(STORED)(
    'of orientation $orientation comes out upright',
    async ({ orientation, sideways, from }) => {
      const source = await storedAs(from, sideways).withMetadata({ orientation }).toFormat(format).toBuffer();
      const thumbnail = await renderOne(source, { width: 32, height: 32 });
      expect(thumbnail).toMatchObject({ width: 64, height: 48, size: [32, 24] });
      for (const [index, colour] of (await corners(thumbnail.bytes)).entries()) {
        expect(colour).toBeNear(QUARTERS[index] ?? []);
      }
    },
  );
});

test.each(STORED)(
  'of orientation $orientation survives ImageMagick once',
  async ({ orientation, sideways, from }) => {
    const jpeg = await storedAs(from, sideways).withMetadata({ orientation }).jpeg().toBuffer();
    const bounds = { maxPixels: 1e6, maxBytes: 2 ** 28, maxSeconds: 10 };
    const answer = await decodeWithMagick({ source: jpeg, format: 'JPEG', ...bounds }, 10_000);
    if (answer.kind !== 'decoded') throw new Error(answer.kind);
    for (const [index, colour] of (await corners((await renderOne(asTiff(answer.raster))).bytes)).entries()) {
      expect(colour).toBeNear(QUARTERS[index] ?? []);
    }
  },
);

/** The upright picture with its quarters moved, as a camera in another position stores it. */
function storedAs(from: readonly number[], sideways: boolean) {
  const [width, height] = sideways ? [48, 64] : [64, 48];
  return paint(width, height, (x, y) => {
    const quarter = (y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1);
    return QUARTERS[from[quarter] ?? 0] ?? [];
  });
}
