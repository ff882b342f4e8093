import sharp from 'sharp';
import { paint, pixelsOf, quarters } from './pictures';
import { renderOne } from './variants';

const RED = [200, 40, 40];
const solid = (colour: readonly number[], width = 60, height = 60) => paint(width, height, () => colour);

describe('colours come out in sRGB', () => {
  const sources: [string, () => Promise<Buffer>, number?][] = [
    ['8-bit RGB', () => solid(RED).png().toBuffer()],
    ['16-bit RGB', () => solid(RED).toColourspace('rgb16').png().toBuffer()],
    ['8-bit P3', () => solid(RED).withIccProfile('p3').png().toBuffer()],
    ['16-bit P3', () => solid(RED).toColourspace('rgb16').withIccProfile('p3').png().toBuffer(), 6],
    [
      'P3 as JPEG',
      () => solid(RED).withIccProfile('p3').jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer(),
    ],
    ['a large P3', () => solid(RED, 2100, 2000).withIccProfile('p3').png().toBuffer()],
    [
      'a large P3 as JPEG',
      () => solid(RED, 2100, 2000).withIccProfile('p3').jpeg({ quality: 95 }).toBuffer(),
      6,
    ],
    ['CMYK', () => solid(RED).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer(), 24],
    ['CMYK with a profile', () => solid(RED).withIccProfile('cmyk').jpeg({ quality: 95 }).toBuffer(), 24],
    ['CMYK TIFF', () => solid(RED).toColourspace('cmyk').tiff().toBuffer(), 24],
    ['Lab', () => solid(RED).toColourspace('lab').tiff({ compression: 'none' }).toBuffer(), 6],
    ['RGB in WebP', () => solid(RED).webp({ lossless: true }).toBuffer()],
    ['RGB in AVIF', () => solid(RED).avif({ quality: 90 }).toBuffer(), 6],
    ['a palette', () => solid(RED).png({ palette: true }).toBuffer()],
  ];
  test.each(sources)('%s', async (_, source, tolerance = 4) => {
    const { bytes } = await renderOne(await source(), { format: 'png' });
    const { at, channels } = await pixelsOf(bytes);
    expect(channels).toBe(3);
    expect(at(30, 30)).toBeNear(RED, tolerance);
    expect((await sharp(bytes).metadata()).hasProfile).toBe(false);
  });

  test.each(['p3', 'cmyk'] as const)('a large JPEG in %s, hardly reduced', async profile => {
    const jpeg = solid(RED, 2100, 2000).withIccProfile(profile).jpeg({ quality: 95 });
    const { bytes } = await renderOne(await jpeg.toBuffer(), { format: 'png', width: 1600, height: 1600 });
    expect((await pixelsOf(bytes)).at(800, 800)).toBeNear(RED, profile === 'p3' ? 6 : 24);
    expect((await sharp(bytes).metadata()).hasProfile).toBe(false);
  });

  test.each([
    ['8-bit grey', 'b-w' as const],
    ['16-bit grey', 'grey16' as const],
  ])('%s', async (_, space) => {
    const source = await solid([120, 120, 120]).toColourspace(space).png().toBuffer();
    expect((await pixelsOf((await renderOne(source)).bytes)).at(30, 30)).toBeNear([120, 120, 120], 3);
  });
});

describe('P3 on request', () => {
  // The reddest red of P3 is outside sRGB.
  const p3Red = () => solid([255, 0, 0]).toBuffer({ resolveWithObject: true });
  async function taggedP3(format: 'png' | 'jpeg' | 'webp' | 'avif', size = 60): Promise<Buffer> {
    const { data, info } = await p3Red();
    return sharp(data, { raw: info })
      .resize(size, size, { kernel: 'nearest' })
      .pipelineColourspace('rgb16')
      .withIccProfile('p3')
      .toFormat(format, { quality: 95 })
      .toBuffer();
  }

  test.each(['png', 'jpeg', 'webp', 'avif'] as const)('is kept in %s', async format => {
    const { bytes } = await renderOne(await taggedP3('png'), { format }, { gamut: 'p3' });
    expect((await sharp(bytes).metadata()).hasProfile).toBe(true);
    expect((await pixelsOf(bytes)).at(30, 30)).toBeNear([255, 0, 0], 8);
  });

  test('is kept from a large photo', async () => {
    const { bytes } = await renderOne(await taggedP3('jpeg', 2400), {}, { gamut: 'p3' });
    expect((await pixelsOf(bytes)).at(100, 100)).toBeNear([255, 0, 0], 8);
  });

  test('leaves sRGB sources without a profile', async () => {
    const source = await quarters().withIccProfile('srgb').png().toBuffer();
    expect((await sharp((await renderOne(source, {}, { gamut: 'p3' })).bytes).metadata()).hasProfile).toBe(
      false,
    );
  });
});

describe('transparency', () => {
  const halfRed = () =>
    paint(400, 400, (x, y) => (Math.hypot(x - 200, y - 200) < 150 ? [255, 0, 0, 255] : [0, 0, 0, 0]));

  test('shows the background in a JPEG', async () => {
    const { bytes } = await renderOne(await halfRed().png().toBuffer(), { background: '#00ff00' });
    const { at } = await pixelsOf(bytes);
    expect(at(2, 2)).toBeNear([0, 255, 0], 12);
    expect(at(100, 100)).toBeNear([255, 0, 0], 12);
  });

  test('composites half transparent colours as browsers do', async () => {
    const source = await paint(40, 40, () => [255, 0, 0, 128])
      .png()
      .toBuffer();
    expect((await pixelsOf((await renderOne(source)).bytes)).at(20, 20)).toBeNear([255, 127, 127], 6);
  });

  test.each(['png', 'webp', 'avif'] as const)('is kept in %s, with no dark edge', async format => {
    const { bytes } = await renderOne(await halfRed().png().toBuffer(), { format, quality: 100 });
    const { at, width, channels } = await pixelsOf(bytes);
    expect(channels).toBe(4);
    expect(at(2, 2)[3]).toBe(0);
    for (let x = 0; x < width; x++) {
      const [red = 0, , , alpha = 0] = at(x, 100);
      // Black from under the transparent pixels must not shine through the half transparent ones.
      if (alpha > 40) expect(red).toBeGreaterThan(format === 'png' ? 245 : 215);
    }
  });

  test('is dropped where it hides nothing', async () => {
    const source = await paint(40, 40, () => [9, 8, 7, 255])
      .png()
      .toBuffer();
    expect((await pixelsOf((await renderOne(source, { format: 'png' })).bytes)).channels).toBe(3);
  });
});

describe('thin lines do not darken', () => {
  // Half of the light of white is 188 in sRGB, not 128.
  const [BLACK, WHITE] = [
    [0, 0, 0],
    [255, 255, 255],
  ] as const;
  const LINES = { checks: (x: number, y: number) => (x + y) % 2, lines: (x: number) => x % 2 };
  test.each(
    (['png', 'jpeg', 'webp', 'tiff'] as const).flatMap(format =>
      (['checks', 'lines'] as const).map(pattern => ({ format, pattern })),
    ),
  )('$pattern in $format', async ({ format, pattern }) => {
    const picture = paint(1000, 1000, (x, y) => (LINES[pattern](x, y) ? WHITE : BLACK));
    const source = await picture.toFormat(format, { quality: 100 }).toBuffer();
    const { bytes } = await renderOne(source, { format: 'png' });
    expect(Math.abs((await pixelsOf(bytes)).mean() - 188)).toBeLessThan(8);
  });
});
