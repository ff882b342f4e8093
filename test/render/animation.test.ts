import sharp from 'sharp';
import { render } from '../../lambda/thumbnail/render/render';
import { bytesOfAnimation } from './animations';
import { paint, pixelsOf } from './pictures';
import { OPTIONS, reject, renderOne, variant } from './variants';

describe.each(['gif', 'webp'] as const)('an animated %s', source => {
  test('becomes its first frame', async () => {
    const { bytes, size } = await renderOne(await bytesOfAnimation(source), { format: 'webp' });
    expect((await sharp(bytes).metadata()).pages ?? 1).toBe(1);
    expect(size).toEqual([200, 133]);
    expect((await pixelsOf(bytes)).at(50, 50)).toBeNear([0, 0, 255]);
  });

  test.each([
    ['webp', 'webp'],
    ['source', source],
  ] as const)('stays one as %s, if asked for', async (format, becomes) => {
    const thumbnail = await renderOne(await bytesOfAnimation(source), { format, animated: true });
    expect(thumbnail.contentType).toBe(`image/${becomes}`);
    expect(thumbnail.size).toEqual([200, 133]);
    const { pages, loop, delay, pageHeight } = await sharp(thumbnail.bytes, { animated: true }).metadata();
    expect({ pages, loop, delay, pageHeight }).toEqual({
      pages: 4,
      loop: 2,
      delay: [70, 70, 70, 70],
      pageHeight: 133,
    });
  });

  test.each(['attention', 'entropy'] as const)('is cropped by the %s of its first frame', async position => {
    // A red square that crosses from the left to the right, on grey: what is seen of the first frame is what stays in view.
    const [width, height, frames] = [300, 100, 3];
    const pixels = paint(width, height * frames, (x, y) => {
      const left = 10 + 100 * Math.floor(y / height);
      const inside = x >= left && x < left + 70 && y % height >= 15 && y % height < 85;
      return inside ? [255, (x % 8) * 20, (y % 8) * 20] : [128, 128, 128];
    });
    const raw = { width, height: height * frames, channels: 3 as const, pageHeight: height };
    const bytes = await sharp(await pixels.raw().toBuffer(), { raw })
      .toFormat(source, { quality: 100 })
      .toBuffer();
    const [moving, still] = await Promise.all(
      [true, false].map(animated =>
        renderOne(bytes, { fit: 'cover', position, width: 80, height: 80, format: 'webp', animated }),
      ),
    );
    expect([moving?.size, moving?.damaged]).toEqual([[80, 80], false]);
    const redness = async (page: number) => {
      const data = await sharp(moving?.bytes, { page }).removeAlpha().raw().toBuffer();
      return (
        data.reduce((sum, value, i) => sum + (i % 3 === 0 ? value : i % 3 === 1 ? -value : 0), 0) / 80 ** 2
      );
    };
    // Encoders make one frame of those that look alike.
    const { pages = 0 } = await sharp(moving?.bytes, { animated: true }).metadata();
    expect(pages).toBeGreaterThan(1);
    expect(await redness(0)).toBeGreaterThan(60);
    expect(await redness(pages - 1)).toBeLessThan(10);
    const pixel = (await pixelsOf(still?.bytes ?? new Uint8Array())).at(40, 40);
    expect((await pixelsOf(await sharp(moving?.bytes, { page: 0 }).png().toBuffer())).at(40, 40)).toBeNear(
      pixel,
      90,
    );
  });

  test('becomes a still JPEG even if asked for', async () => {
    expect((await renderOne(await bytesOfAnimation(source), { animated: true })).contentType).toBe(
      'image/jpeg',
    );
  });

  test('has a limit of frames, where they count', async () => {
    const limits = { ...OPTIONS.limits, frames: 3 };
    const bytes = await bytesOfAnimation(source);
    expect(
      await render(bytes, [variant({ animated: true, format: 'webp' })], { ...OPTIONS, limits }),
    ).toEqual({
      kind: 'rejected',
      reason: 'too large',
      detail: 'The animation has 4 frames; the limit is 3 (limits.frames).',
    });
    await expect(renderOne(bytes, {}, { limits })).resolves.toMatchObject({ kind: 'rendered' });
    await expect(reject(bytes, { limits: { ...limits, megapixels: 0.05 } })).resolves.toMatchObject({
      reason: 'too large',
    });
  });
});
