import { thumbhash } from '../../lambda/thumbnail/render/encode/thumbhash';
import { quarters } from './pictures';
import { renderOne } from './variants';

/** What the reference encoder (npm `thumbhash` 0.1.1) says of the same pixels. */
test.each([
  { width: 32, height: 24, channels: 3, hash: '3AgOHZpgdodwiIiGiGeIh/OkD/iH' },
  { width: 24, height: 32, channels: 3, hash: '3PgNHRpgdnCIaIhoiId3iPSjD/d4' },
  { width: 30, height: 1, channels: 3, hash: 'yvkWebx0d3eIiAiLdIhAhwg=' },
  { width: 1, height: 1, channels: 3, hash: 'AAgCBwAAAAAAAAAAAAAAAAAAAAAAAAAA' },
  // Waves of no height are on the edge of two steps, where the order of a sum decides: not all of the hash is compared.
  { width: 32, height: 32, channels: 4, hash: 'WsiJFRI6UXVQmHZod+STH/Z6f3' },
  { width: 16, height: 32, channels: 4, hash: 'F8mJExI6UWB4eIf4ZRz2eo91i' },
] as const)('$width × $height of $channels channels', ({ width, height, channels, hash }) => {
  const data = new Uint8Array(width * height * channels);
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    const pixel = [
      Math.floor((x * 255) / width),
      Math.floor((y * 255) / height),
      (x * y) % 256,
      x < width / 2 ? 255 : 100,
    ];
    data.set(pixel.slice(0, channels), i * channels);
  }
  expect(thumbhash({ data, width, height, channels, gamut: 'srgb' })).toMatch(
    new RegExp(`^${hash.replaceAll('+', '\\+')}`),
  );
});

test('comes with the thumbnails, in at most 25 bytes, the same for all sizes of a picture', async () => {
  const [small, large] = await Promise.all(
    [100, 800].map(async size => (await renderOne(await quarters(size, size).png().toBuffer())).thumbhash),
  );
  expect(Buffer.from(small ?? '', 'base64').byteLength).toBeLessThanOrEqual(25);
  expect(small?.slice(0, 6)).toBe(large?.slice(0, 6));
});
