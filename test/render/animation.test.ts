import sharp from 'sharp';
import { render } from '../../lambda/thumbnail/render/render';
import { pixelsOf } from './pictures';
import { OPTIONS, reject, renderOne, variant } from './variants';

/** Frames of one colour each. */
function animation(format: 'gif' | 'webp', frames = 4): Promise<Buffer> {
  const [width, height] = [300, 200];
  const data = Buffer.concat(
    Array.from({ length: frames }, (_, i) =>
      Buffer.alloc(
        width * height * 3,
        Buffer.from([(i * 60) % 256, Math.floor(i / 4) % 256, 255 - ((i * 60) % 256)]),
      ),
    ),
  );
  return sharp(data, { raw: { width, height: height * frames, channels: 3, pageHeight: height } })
    .toFormat(format, { loop: 2, delay: Array(frames).fill(70) })
    .toBuffer();
}

describe.each(['gif', 'webp'] as const)('an animated %s', source => {
  test('becomes its first frame', async () => {
    const { bytes, size } = await renderOne(await animation(source), { format: 'webp' });
    expect((await sharp(bytes).metadata()).pages ?? 1).toBe(1);
    expect(size).toEqual([200, 133]);
    expect((await pixelsOf(bytes)).at(50, 50)).toBeNear([0, 0, 255]);
  });

  test.each([
    ['webp', 'webp'],
    ['source', source],
  ] as const)('stays one as %s, if asked for', async (format, becomes) => {
    const thumbnail = await renderOne(await animation(source), { format, animated: true });
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

  test('becomes a still JPEG even if asked for', async () => {
    expect((await renderOne(await animation(source), { animated: true })).contentType).toBe('image/jpeg');
  });

  test('has a limit of frames, where they count', async () => {
    const limits = { ...OPTIONS.limits, frames: 3 };
    const bytes = await animation(source);
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
