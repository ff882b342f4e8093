import sharp from 'sharp';
import { render } from '../../lambda/thumbnail/render/render';
import { bytesOfAnimation } from './animations';
import { quarters } from './pictures';
import { OPTIONS, variant } from './variants';

const SMALL = variant({ prefix: 'small/' });
/** More px than any picture here is wide: the height decides. */
const MANY = 100_000;

/** Renders the default variant beside one that cannot be made of the source. */
async function beside(source: Uint8Array, changes: Parameters<typeof variant>[0], options = OPTIONS) {
  const other = variant({ prefix: 'other/', ...changes });
  const rendering = await render(source, [other, SMALL], options);
  if (rendering.kind === 'rejected') throw new Error(rendering.detail);
  return {
    made: rendering.thumbnails.map(thumbnail => thumbnail.variant.prefix),
    rejections: rendering.rejections.map(({ variant: { prefix }, ...why }) => ({ prefix, ...why })),
  };
}

test.each([
  ['webp', 16_400, 'webp takes 16383 px a side'],
  ['avif', 16_400, 'avif takes 16384 px a side'],
] as const)('%s takes no side of %i px: the other variant is made', async (format, width, limit) => {
  const strip = await quarters(width, 8).png().toBuffer();
  expect(await beside(strip, { format, width: MANY, height: 100 })).toEqual({
    made: ['small/'],
    rejections: [{ prefix: 'other/', reason: 'too large', detail: expect.stringContaining(limit) }],
  });
});

test('a thumbnail that needs more memory than there is costs the smaller one nothing', async () => {
  const limits = { ...OPTIONS.limits, memoryMiB: 150 };
  const source = await quarters(1200, 900).jpeg().toBuffer();
  const large = { width: 6000, height: 6000, enlarge: true };
  expect(await beside(source, large, { ...OPTIONS, limits })).toEqual({
    made: ['small/'],
    rejections: [
      { prefix: 'other/', reason: 'too large', detail: expect.stringContaining('limits.memoryMiB') },
    ],
  });
});

test('an animation of too many frames still has its still thumbnails', async () => {
  const limits = { ...OPTIONS.limits, frames: 3 };
  const source = await bytesOfAnimation('gif', 4);
  expect(await beside(source, { format: 'source', animated: true }, { ...OPTIONS, limits })).toEqual({
    made: ['small/'],
    rejections: [{ prefix: 'other/', reason: 'too large', detail: expect.stringContaining('limits.frames') }],
  });
});

test('where no variant can be made, the source is rejected', async () => {
  const strip = await quarters(16_400, 8).png().toBuffer();
  const rendering = await render(strip, [variant({ format: 'webp', width: MANY, height: 100 })], OPTIONS);
  expect(rendering).toEqual({
    kind: 'rejected',
    reason: 'too large',
    detail: 'The thumbnail would have 16400 × 8 px; webp takes 16383 px a side.',
  });
});

test('what the limits of encodings are said to be is what sharp refuses', async () => {
  const wide = (width: number) => sharp({ create: { width, height: 1, channels: 3, background: 'red' } });
  await expect(wide(16_384).webp().toBuffer()).rejects.toThrow('too large for the WebP');
  await expect(wide(16_385).avif({ effort: 0 }).toBuffer()).rejects.toThrow('too large for the HEIF');
  await expect(wide(65_501).jpeg().toBuffer()).rejects.toThrow('Maximum supported image dimension is 65500');
  await expect(wide(65_536).gif().toBuffer()).rejects.toThrow('too large for the GIF');
  await wide(16_383).webp().toBuffer();
  await wide(65_500).jpeg().toBuffer();
});
