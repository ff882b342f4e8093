import sharp from 'sharp';
import { laterScans, withoutFineScans } from '../../lambda/thumbnail/render/read/jpeg-scans';
import { noise } from './pictures';
import { renderOne } from './variants';

/** Blurred noise: waves in every block, and an eighth that 200 px are made from. */
const picture = (height: number) => noise(460, height / 4).resize(1840, height, { kernel: 'cubic' });
const SCRIPTS = {
  "libjpeg's scans": { progressive: true },
  "mozjpeg's scans": { mozjpeg: true },
  'colours in full': { progressive: true, chromaSubsampling: '4:4:4' },
} as const;

async function eighthOf(jpeg: Uint8Array): Promise<Buffer> {
  const { width = 0, height = 0 } = await sharp(jpeg).metadata();
  const size = { width: Math.floor(width / 9), height: Math.floor(height / 9), fit: 'fill' } as const;
  return sharp(jpeg, { failOn: 'warning' }).resize(size).raw().toBuffer();
}

describe.each(Object.entries(SCRIPTS))('%s', (_, options) => {
  test.each(['srgb', 'b-w', 'cmyk'] as const)(
    'an eighth is the same without the fine ones: %s',
    async space => {
      const source = await picture(400)
        .toColourspace(space)
        .jpeg({ ...options, quality: 90 })
        .toBuffer();
      const thinned = withoutFineScans(source) ?? new Uint8Array();
      expect(thinned.byteLength).toBeLessThan(source.byteLength / 2);
      // Not `toEqual`, which takes seconds for so many bytes.
      expect((await eighthOf(thinned)).equals(await eighthOf(source))).toBe(true);
    },
  );
});

test.each([
  [9, 7],
  [1600, 1],
  [1, 1600],
  [1443, 1447],
] as const)('of any size, without a warning: %i × %i', async (width, height) => {
  const source = await noise(width, height).jpeg({ progressive: true }).toBuffer();
  const whole = await sharp(withoutFineScans(source), { failOn: 'warning' }).raw().toBuffer();
  expect(whole.length).toBe(width * height * 3);
});

test('the thumbnail is that of all scans, and not marked as damaged', async () => {
  const source = await picture(1200)
    .withMetadata({ orientation: 6 })
    .jpeg({ mozjpeg: true, quality: 90 })
    .toBuffer();
  const thinned = await renderOne(source, { format: 'png' });
  // Without its last marker all of it is decoded, past the damage.
  const whole = await renderOne(source.subarray(0, -2), { format: 'png' });
  expect(thinned).toMatchObject({ damaged: false, decoder: 'sharp', size: [130, 200] });
  expect(whole).toMatchObject({ damaged: true, decoder: 'sharp tolerant' });
  expect(Buffer.from(thinned.bytes)).toEqual(Buffer.from(whole.bytes));
});

describe('all of it is decoded where it is', () => {
  test('not progressive', async () => {
    expect(withoutFineScans(await noise(30, 20).jpeg().toBuffer())).toBeUndefined();
  });

  test('cut off, anywhere', async () => {
    const source = await noise(300, 200).jpeg({ progressive: true }).toBuffer();
    const ends = [0, 1, 2, 3, 20, ...laterScans(source).flatMap(at => [at - 1, at, at + 1, at + 9])];
    for (const end of [...ends, source.length - 1])
      expect(withoutFineScans(source.subarray(0, end))).toBeUndefined();
  });

  test('of two frames', async () => {
    const source = await noise(30, 20).jpeg({ progressive: true }).toBuffer();
    const twice = Buffer.concat([source.subarray(0, -2), source.subarray(2)]);
    expect(withoutFineScans(twice)).toBeUndefined();
  });
});

test('what comes behind the picture is left out', async () => {
  const source = await noise(300, 200).jpeg({ progressive: true }).toBuffer();
  expect(withoutFineScans(Buffer.concat([source, source]))).toEqual(withoutFineScans(source));
});
