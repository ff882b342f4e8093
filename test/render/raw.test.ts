import { withOrientation } from '../../lambda/thumbnail/render/read/orient-jpeg';
import { dngOf, previewOf } from './dng';
import { pixelsOf } from './pictures';
import { renderOne } from './variants';

const [RED, BLUE] = [
  [255, 0, 0],
  [0, 0, 255],
];

describe('camera RAW', () => {
  test('is shown by the preview that the camera made', async () => {
    const { bytes, ...thumbnail } = await renderOne(
      await dngOf(480, 360, { preview: await previewOf(480, 360) }),
    );
    expect(thumbnail).toMatchObject({
      format: 'raw',
      decoder: 'sharp',
      size: [200, 150],
      width: 480,
      height: 360,
    });
    expect((await pixelsOf(bytes)).at(20, 75)).toBeNear(RED);
    expect((await pixelsOf(bytes)).at(180, 75)).toBeNear(BLUE);
  });

  test('is turned as the RAW file says, where its preview does not', async () => {
    const preview = await previewOf(480, 360);
    const { bytes, size } = await renderOne(await dngOf(480, 360, { preview, orientation: 6 }));
    expect(size).toEqual([150, 200]);
    expect((await pixelsOf(bytes)).at(75, 20)).toBeNear(RED);
  });

  test('is turned once where both say it', async () => {
    const preview = Buffer.from(withOrientation(await previewOf(480, 360), 6));
    const { bytes, size } = await renderOne(await dngOf(480, 360, { preview, orientation: 6 }));
    expect(size).toEqual([150, 200]);
    expect((await pixelsOf(bytes)).at(75, 20)).toBeNear(RED);
  });

  test.each([
    ['no preview', async () => dngOf(480, 360)],
    ['a small preview only', async () => dngOf(480, 360, { preview: await previewOf(96, 72) })],
  ])('is developed by ImageMagick with %s', async (_, source) => {
    const { bytes, ...thumbnail } = await renderOne(await source());
    expect(thumbnail).toMatchObject({ format: 'raw', decoder: 'magick' });
    const { at } = await pixelsOf(bytes);
    expect(at(100, 20)[1]).toBeGreaterThan((at(100, 130)[1] ?? 0) + 30);
  });

  test('is shown by a small preview where there is nothing else', async () => {
    const source = await dngOf(480, 360, { preview: await previewOf(96, 72) });
    await expect(renderOne(source, {}, { otherFormats: false })).resolves.toMatchObject({
      decoder: 'sharp',
      size: [96, 72],
    });
  });
});
