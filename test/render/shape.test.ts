import sharp from 'sharp';
import { FORMATS, POSITIONS } from '../../lambda/thumbnail/model/variant';
import { render } from '../../lambda/thumbnail/render/render';
import { corners, noise, paint, pixelsOf, QUARTERS, quarters } from './pictures';
import { OPTIONS, renderOne, variant } from './variants';

const [RED, GREEN, BLUE, YELLOW] = QUARTERS;

describe('fits', () => {
  test.each([
    { fit: 'inside', source: [640, 480], box: [200, 200], size: [200, 150] },
    { fit: 'outside', source: [640, 480], box: [200, 200], size: [267, 200] },
    { fit: 'cover', source: [640, 480], box: [200, 200], size: [200, 200] },
    { fit: 'contain', source: [640, 480], box: [200, 200], size: [200, 200] },
    { fit: 'inside', source: [64, 48], box: [200, 200], size: [64, 48] },
    { fit: 'outside', source: [64, 48], box: [200, 200], size: [64, 48] },
    { fit: 'cover', source: [64, 48], box: [200, 200], size: [64, 48] },
    { fit: 'cover', source: [640, 48], box: [200, 200], size: [200, 48] },
    { fit: 'contain', source: [64, 48], box: [200, 200], size: [200, 200] },
    { fit: 'inside', source: [2000, 4], box: [200, 200], size: [200, 1] },
    { fit: 'cover', source: [800, 600], box: [160, 90], size: [160, 90] },
  ] as const)('$source in $box, $fit: $size', async ({ fit, source, box, size }) => {
    const bytes = await quarters(...source)
      .png()
      .toBuffer();
    const thumbnail = await renderOne(bytes, { fit, width: box[0], height: box[1] });
    expect(thumbnail.size).toEqual(size);
    const { width, height } = await sharp(thumbnail.bytes).metadata();
    expect([width, height]).toEqual(size);
  });

  test('contain puts the whole picture on the background, unscaled if small', async () => {
    const thumbnail = await renderOne(await quarters().png().toBuffer(), {
      fit: 'contain',
      background: '#ff00ff',
    });
    const { at } = await pixelsOf(thumbnail.bytes);
    expect(at(10, 10)).toBeNear([255, 0, 255]);
    expect(at(100 - 16, 100 - 12)).toBeNear(RED);
    expect(at(100 + 16, 100 + 12)).toBeNear(YELLOW);
  });
});

describe('a focus point', () => {
  const size = { fit: 'cover', width: 50, height: 100 } as const;

  test.each([
    { focus: { x: 0, y: 0 }, left: RED, right: RED },
    { focus: { x: 0.25, y: 0.9 }, left: BLUE, right: BLUE },
    { focus: { x: 0.5, y: 0.1 }, left: RED, right: GREEN },
    { focus: { x: 1, y: 1 }, left: YELLOW, right: YELLOW },
  ])('$focus is what cover keeps', async ({ focus, left, right }) => {
    const source = await quarters(400, 200).png().toBuffer();
    const { bytes, size: made } = await renderOne(source, { ...size, position: 'right' }, { focus });
    const { at } = await pixelsOf(bytes);
    expect(made).toEqual([50, 100]);
    const y = focus.y < 0.5 ? 10 : 90;
    expect(at(5, y)).toBeNear(left);
    expect(at(45, y)).toBeNear(right);
  });

  test('is of the upright picture', async () => {
    const source = await quarters(200, 400).jpeg().withMetadata({ orientation: 6 }).toBuffer();
    const { bytes } = await renderOne(source, size, { focus: { x: 1, y: 0 } });
    // Turned by a quarter, what was at the top is at the right.
    expect((await pixelsOf(bytes)).at(45, 10)).toBeNear(RED);
  });

  test('holds for every frame of an animation', async () => {
    const row = await quarters(400, 200).png().toBuffer();
    const other = await sharp(row)
      .composite([{ input: await quarters(40, 20).png().toBuffer(), left: 360, top: 60 }])
      .png()
      .toBuffer();
    const frames = await sharp([row, other], { join: { animated: true } })
      .gif()
      .toBuffer();
    const moving = { ...size, format: 'source', animated: true } as const;
    const { bytes } = await renderOne(frames, moving, { focus: { x: 1, y: 0 } });
    const { data, info } = await sharp(bytes, { animated: true })
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width: 50, height: 200, pages: 2 });
    for (const y of [10, 110])
      expect([...data.subarray((y * 50 + 25) * 3, (y * 50 + 25) * 3 + 3)]).toBeNear(GREEN);
  });

  test('says nothing to the other fits', async () => {
    const source = await quarters(400, 200).png().toBuffer();
    const { size: made } = await renderOne(source, { fit: 'inside' }, { focus: { x: 0, y: 0 } });
    expect(made).toEqual([200, 100]);
  });
});

describe('positions', () => {
  /** The colour in the middle of a crop from a picture of 3 × 3 fields. */
  const FIELDS: Record<string, readonly number[]> = {
    'left top': [255, 0, 0],
    top: [0, 255, 0],
    'right top': [0, 0, 255],
    left: [255, 255, 0],
    centre: [128, 128, 128],
    right: [0, 255, 255],
    'left bottom': [255, 0, 255],
    bottom: [0, 0, 0],
    'right bottom': [255, 255, 255],
  };
  const colours = Object.values(FIELDS);
  const fields = (width: number, height: number) =>
    paint(
      width,
      height,
      (x, y) => colours[Math.floor((y * 3) / height) * 3 + Math.floor((x * 3) / width)] ?? [],
    );

  test.each(POSITIONS.filter(position => position in FIELDS))('cover keeps the %s', async position => {
    const wide = await renderOne(await fields(900, 300).png().toBuffer(), {
      fit: 'cover',
      position,
      width: 60,
      height: 60,
    });
    const high = await renderOne(await fields(300, 900).png().toBuffer(), {
      fit: 'cover',
      position,
      width: 60,
      height: 60,
    });
    const column = position.includes('left') ? 'left' : position.includes('right') ? 'right' : 'centre';
    const row = position.includes('top') ? 'top' : position.includes('bottom') ? 'bottom' : 'centre';
    expect((await pixelsOf(wide.bytes)).at(30, 30)).toBeNear(FIELDS[column] ?? []);
    expect((await pixelsOf(high.bytes)).at(30, 30)).toBeNear(FIELDS[row] ?? []);
  });

  test.each(['attention', 'entropy'] as const)('cover finds what draws the %s', async position => {
    const detail = await noise(100, 100).png().toBuffer();
    const source = await paint(900, 300, () => [128, 128, 128])
      .composite([{ input: detail, left: 780, top: 100 }])
      .png()
      .toBuffer();
    const { bytes } = await renderOne(source, { fit: 'cover', position, width: 60, height: 60 });
    expect((await sharp(bytes).stats()).entropy).toBeGreaterThan(1);
  });

  test('contain puts the picture at a side', async () => {
    const source = await quarters(60, 30).png().toBuffer();
    const { bytes } = await renderOne(source, {
      fit: 'contain',
      position: 'right bottom',
      width: 100,
      height: 100,
    });
    expect((await pixelsOf(bytes)).at(10, 10)).toBeNear([255, 255, 255]);
    expect((await pixelsOf(bytes)).at(95, 97)).toBeNear(YELLOW);
  });
});

describe('formats', () => {
  test.each(FORMATS.filter(format => format !== 'source'))('%s', async format => {
    const { bytes, contentType } = await renderOne(await quarters().png().toBuffer(), { format });
    expect(contentType).toBe(`image/${format}`);
    expect((await sharp(bytes).metadata()).mediaType).toBe(contentType);
    const [red, green, blue, yellow] = await corners(bytes);
    expect(red).toBeNear(RED);
    expect(green).toBeNear(GREEN);
    expect(blue).toBeNear(BLUE);
    expect(yellow).toBeNear(YELLOW);
  });

  test.each([
    ['jpeg', 'image/jpeg'],
    ['png', 'image/png'],
    ['webp', 'image/webp'],
    ['avif', 'image/avif'],
    ['gif', 'image/gif'],
    ['tiff', 'image/jpeg'],
  ] as const)('source: %s becomes %s', async (format, contentType) => {
    const source = await quarters(400, 300).toFormat(format).toBuffer();
    const thumbnail = await renderOne(source, { format: 'source' });
    expect(thumbnail.contentType).toBe(contentType);
    expect((await sharp(thumbnail.bytes).metadata()).mediaType).toBe(contentType);
  });

  test('source: what browsers do not show becomes PNG if it is transparent', async () => {
    const source = await paint(20, 20, () => [255, 0, 0, 99])
      .tiff({ compression: 'none' })
      .toBuffer();
    expect((await renderOne(source, { format: 'source' })).contentType).toBe('image/png');
  });

  test('quality is the encoder’s', async () => {
    const source = await noise(200, 200).png().toBuffer();
    const [low, high] = await Promise.all([20, 90].map(quality => renderOne(source, { quality })));
    expect(high?.bytes.byteLength).toBeGreaterThan((low?.bytes.byteLength ?? 0) * 2);
  });
});

describe('several variants', () => {
  test('come in their order, each right', async () => {
    const source = await quarters(1800, 1350).jpeg().toBuffer();
    const variants = [
      variant({ width: 100, height: 100 }),
      variant({ width: 800, height: 800, format: 'webp' }),
      variant({ width: 300, height: 300, fit: 'cover', position: 'right' }),
      variant({ width: 4000, height: 4000 }),
      variant({ width: 100, height: 100, format: 'png' }),
    ];
    const rendering = await render(source, variants, OPTIONS);
    if (rendering.kind === 'rejected') throw new Error(rendering.detail);
    expect(rendering.thumbnails.map(({ width, height }) => [width, height])).toEqual([
      [100, 75],
      [800, 600],
      [300, 300],
      [1800, 1350],
      [100, 75],
    ]);
    expect(rendering.thumbnails.map(thumbnail => thumbnail.variant)).toEqual(variants);
    for (const { bytes } of rendering.thumbnails.filter(({ variant }) => variant.fit === 'inside')) {
      expect((await corners(bytes))[3]).toBeNear(YELLOW);
    }
  });
});

describe('a thumbnail of a source that fits already', () => {
  test('is encoded at a lower quality where it would have more bytes than the source', async () => {
    const source = await noise(100, 100).jpeg({ quality: 10 }).toBuffer();
    const { bytes } = await renderOne(source);
    expect(bytes.byteLength).toBeLessThanOrEqual(source.byteLength);
    expect((await sharp(bytes).stats()).entropy).toBeGreaterThan(1);
  });

  test.each([
    ['jpeg', 'webp'],
    ['webp', 'jpeg'],
    ['png', 'png'],
    ['avif', 'jpeg'],
  ] as const)('is not larger: %s to %s', async (from, to) => {
    const source = await noise(150, 150).blur(2).toFormat(from, { quality: 30, palette: true }).toBuffer();
    const { bytes, size } = await renderOne(source, { format: to });
    expect(size).toEqual([150, 150]);
    expect(bytes.byteLength).toBeLessThanOrEqual(source.byteLength);
  });
});
