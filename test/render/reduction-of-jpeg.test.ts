import fc from 'fast-check';
import { fits } from '../../lambda/thumbnail/render/scale/plan';
import { reductionOfJpeg } from '../../lambda/thumbnail/render/scale/reduction-of-jpeg';
import { corners, QUARTERS, quarters } from './pictures';
import { renderOne } from './variants';

const jpeg = (width: number, height: number) => ({ format: 'jpeg', autoOrient: { width, height } }) as const;

describe('a photo of 8 megapixels', () => {
  test.each([
    { target: [100, 75], divisor: 8, size: [200, 150] },
    { target: [200, 150], divisor: 8, size: [362, 272] },
    { target: [300, 225], divisor: 8, size: [362, 272] },
    { target: [400, 300], divisor: 4, size: [400, 300] },
    { target: [800, 600], divisor: 2, size: [800, 600] },
    { target: [1600, 1200], divisor: 1, size: [1600, 1200] },
    { target: [3264, 2448], divisor: 1, size: [3264, 2448] },
  ])('for $target leaves the decoder in 1/$divisor, libvips in $size', ({ target, divisor, size }) => {
    const [[width = 0, height = 0], [across, down]] = [target, size];
    expect(reductionOfJpeg(jpeg(3264, 2448), { width, height })).toEqual({
      divisor,
      size: { width: across, height: down },
    });
  });
});

test('drawings and screenshots, of a megapixel or less, are decoded whole; other formats are, too', () => {
  const target = { width: 200, height: 200 };
  expect(reductionOfJpeg(jpeg(1000, 1000), target)).toBeUndefined();
  expect(reductionOfJpeg({ ...jpeg(3000, 3000), format: 'png' }, target)).toBeUndefined();
});

test('no frame is smaller than the target, or larger than what the decoder delivers', () => {
  const sides = fc.integer({ min: 1, max: 65_535 });
  fc.assert(
    fc.property(sides, sides, fc.integer({ min: 1, max: 4000 }), (width, height, box) => {
      const scale = Math.min(1, box / width, box / height);
      const target = {
        width: Math.max(1, Math.round(width * scale)),
        height: Math.max(1, Math.round(height * scale)),
      };
      const reduction = reductionOfJpeg(jpeg(width, height), target);
      if (reduction === undefined) return;
      const { divisor, size } = reduction;
      const delivered = { width: Math.ceil(width / divisor), height: Math.ceil(height / divisor) };
      expect(fits(target, size) && fits(size, delivered)).toBe(true);
    }),
  );
});

describe('a large turned photo comes out upright at every size', () => {
  test.each([200, 400, 1000])('%i px', async side => {
    const source = await quarters(1000, 1600).withMetadata({ orientation: 8 }).jpeg().toBuffer();
    const { bytes, size } = await renderOne(source, { width: side, height: side });
    expect(size).toEqual([side, Math.round(side / 1.6)]);
    const [red, green, blue, yellow] = QUARTERS;
    for (const [index, colour] of (await corners(bytes)).entries())
      expect(colour).toBeNear([green, yellow, red, blue][index] ?? []);
  });
});
