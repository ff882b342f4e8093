import sharp from 'sharp';
import { limitsFor } from '../../lambda/thumbnail/model/limits';
import { estimateMemory } from '../../lambda/thumbnail/render/admit/memory';
import { decodeWithMagick } from '../../lambda/thumbnail/render/decode/decode-magick';
import { readHeader } from '../../lambda/thumbnail/render/read/header';
import { bmpWithoutPixels } from '../support/bmp';
import { pngOf } from '../support/png';
import { noise, quarters } from './pictures';
import { OPTIONS, reject, renderOne, variant } from './variants';

const limits = OPTIONS.limits;

describe('limits', () => {
  test('bytes', async () => {
    const source = Buffer.alloc(2.5 * 2 ** 20);
    expect(await reject(source, { limits: { ...limits, sourceMiB: 2 } })).toEqual({
      kind: 'rejected',
      reason: 'too large',
      detail: 'The source has 2.5 MiB; the limit is 2 MiB (limits.sourceMiB).',
    });
  });

  test.each([
    ['PNG', pngOf(65_536, 65_536)],
    ['BMP', bmpWithoutPixels(65_536, 65_536)],
    ['BMP from top to bottom', bmpWithoutPixels(65_536, -65_536)],
  ])('pixels of a %s, before any is decoded', async (_, source) => {
    expect(await reject(source)).toEqual({
      kind: 'rejected',
      reason: 'too large',
      detail: `The source has 65536 × 65536 px, 4295 megapixels; the limit is ${limits.megapixels} (limits.megapixels).`,
    });
  });

  test('pixels of a PNG that comes to ImageMagick', async () => {
    const bounds = { maxPixels: 3e8, maxBytes: 2 ** 30, maxSeconds: 20 };
    const answer = await decodeWithMagick(
      { source: pngOf(65_536, 65_536), format: 'PNG', ...bounds },
      20_000,
    );
    expect(answer).toEqual({ kind: 'too large', width: 65_536, height: 65_536 });
  });

  test('memory, by the size that only ImageMagick finds out', async () => {
    const pam = Buffer.concat([
      Buffer.from('P7\nWIDTH 9000\nHEIGHT 9000\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n'),
      Buffer.alloc(1000),
    ]);
    const rejected = await reject(pam);
    expect(rejected.reason).toBe('too large');
    expect(rejected.detail).toMatch(/9000 × 9000 px needs about \d+ MiB of memory as a portable pixel map/);
  });

  test('memory', async () => {
    const source = await noise(1200, 1000).jpeg({ progressive: true }).toBuffer();
    const rejected = await reject(source, { limits: { ...limits, memoryMiB: 10 } });
    expect(rejected.reason).toBe('too large');
    expect(rejected.detail).toMatch(
      /needs about \d+ MiB of memory as a JPEG image; the limit is 10 MiB \(limits.memoryMiB/,
    );
  });

  test('seconds', async () => {
    const source = await noise(1500, 1500).png().toBuffer();
    const rejected = await reject(source, { limits: { ...limits, seconds: 0 } });
    expect(rejected).toEqual({
      kind: 'rejected',
      reason: 'took too long',
      detail: 'Rendering took more than 0 s, which is the limit (limits.seconds).',
    });
  });

  test('seconds, in ImageMagick', async () => {
    const pam = Buffer.concat([
      Buffer.from('P7\nWIDTH 2000\nHEIGHT 1500\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n'),
      Buffer.alloc(2000 * 1500 * 3),
    ]);
    expect((await reject(pam, { limits: { ...limits, seconds: 0.05 } })).reason).toBe('took too long');
    // Nothing stays behind that the next image would wait for.
    expect((await renderOne(pam)).decoder).toBe('magick');
  });
});

describe('limitsFor', () => {
  test.each([512, 1024, 1769, 3008, 10_240])('leaves %i MiB room for the runtime', memoryMiB => {
    const { memoryMiB: budget, sourceMiB, megapixels } = limitsFor(memoryMiB, 60);
    expect(budget).toBeLessThan(memoryMiB - 120);
    expect(sourceMiB).toBeLessThanOrEqual(budget);
    expect(megapixels).toBeGreaterThan(24);
  });
});

describe('the memory estimate', () => {
  const estimate = async (bytes: Buffer) =>
    (estimateMemory(await readHeader(bytes), [variant()]) ?? Number.NaN) / 2 ** 20;

  test('is higher where the whole picture is decoded first', async () => {
    const baseline = await quarters(2000, 1500).jpeg().toBuffer();
    const progressive = await quarters(2000, 1500).jpeg({ progressive: true }).toBuffer();
    expect(await estimate(progressive)).toBeGreaterThan((await estimate(baseline)) * 1.5);
  });

  test('counts a small JPEG, which is decoded whole, with its frame, and a large one without', async () => {
    const of = async (width: number, height: number) => {
      const header = await readHeader(await quarters(width, height).jpeg().toBuffer());
      return estimateMemory(header, [variant()]) ?? 0;
    };
    // 1,000 pixels more to decode, and no frame of 3 bytes a pixel.
    expect((await of(1000, 1000)) - (await of(1001, 1000))).toBe(3_000_000 - 1000);
  });

  test('counts the frames of an animation that stays one', async () => {
    const header = await readHeader(
      await sharp(Buffer.alloc(3 * 100 * 100 * 8, 1), {
        raw: { width: 100, height: 800, channels: 3, pageHeight: 100 },
      })
        .webp()
        .toBuffer(),
    );
    const still = estimateMemory(header, [variant()]) ?? 0;
    expect(estimateMemory({ ...header, frames: 100 }, [variant({ animated: true })])).toBeGreaterThan(still);
  });

  test('is larger with ImageMagick, and unknown without a size', async () => {
    expect(await estimate(bmpWithoutPixels(2000, 1500))).toBeGreaterThan(60);
    expect(await estimate(Buffer.from('gimp xcf v001\0'))).toBeNaN();
  });
});
