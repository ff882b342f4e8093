import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { photo } from '../e2e/harness';
import { requires } from '../support/requires';
import { type Comparison, differences, startComparison } from './compare';
import { expectedFor, ON_PURPOSE } from './on-purpose';

/** A Python with what test/deploy/requirements.txt names; without one there is nothing to compare with. */
const PYTHON = process.env.MINIATURAS_PYTHON;
/** The folder of real images, with its manifest. */
const CORPUS = process.env.MINIATURAS_CORPUS;

requires(PYTHON, 'MINIATURAS_PYTHON (of a venv with test/deploy/requirements.txt)').describe(
  'beside the function of the documents',
  () => {
    let comparison: Comparison;
    const tally = { compared: 0, onPurpose: 0, others: 0 };

    beforeAll(async () => {
      comparison = await startComparison(PYTHON as string);
    });
    afterAll(async () => {
      await comparison?.stop();
      const { compared, onPurpose, others } = tally;
      process.stdout.write(
        `${compared} images compared, ${onPurpose} differences on purpose, ${others} others\n`,
      );
    });

    /** Compares one image and counts what came of it. */
    async function compare(
      key: string,
      bytes: Uint8Array,
      { encoded = key, onPurpose = [] as readonly string[] } = {},
    ) {
      const made = await comparison.make(key, bytes, encoded);
      const seen = await differences(made);
      const expected =
        onPurpose.length === 0 ? seen.length === 0 : seen.length === 1 && onPurpose.includes(seen[0] ?? '');
      tally.compared++;
      if (!expected) tally.others++;
      else if (seen.length > 0) tally.onPurpose++;
      return { ...made, seen, expected };
    }

    test.each<[string, () => Promise<Buffer>]>([
      ['photo.jpg', () => photo()],
      ['upright.jpg', () => photo({ width: 480, height: 640 })],
      ['small.jpg', () => photo({ width: 30, height: 20 })],
      ['exact.jpg', () => photo({ width: 200, height: 200 })],
      ['a-pixel-over.jpg', () => photo({ width: 201, height: 199 })],
      ['a-strip.jpg', () => photo({ width: 2000, height: 3 })],
      [
        'gradient.png',
        async () =>
          sharp(await gradient())
            .png()
            .toBuffer(),
      ],
      [
        'gradient.webp',
        async () =>
          sharp(await gradient())
            .webp({ lossless: true })
            .toBuffer(),
      ],
      [
        'grey.jpg',
        async () =>
          sharp(await gradient())
            .greyscale()
            .jpeg()
            .toBuffer(),
      ],
      [
        'progressive.jpg',
        async () =>
          sharp(await gradient())
            .jpeg({ progressive: true })
            .toBuffer(),
      ],
      [
        'gradient.tif',
        async () =>
          sharp(await gradient())
            .tiff()
            .toBuffer(),
      ],
    ])('%s: the same key, size, content type, answer and picture', async (key, bytes) => {
      const { seen, reference } = await compare(key, await bytes());
      expect(seen).toEqual([]);
      expect(reference.answer.answer).toEqual({
        statusCode: 200,
        body: `Miniatura de ${key} generada con éxito.`,
      });
    });

    test.each([
      ['a b.jpg', 'a+b.jpg'],
      ['año.jpg', 'a%C3%B1o.jpg'],
    ])('keys are decoded (%s): the reference looks for one that is not there', async (key, encoded) => {
      const { seen, reference } = await compare(key, await photo(), {
        encoded,
        onPurpose: ['the reference makes no thumbnail'],
      });
      expect(seen).toEqual(['the reference makes no thumbnail']);
      expect(reference.answer.error).toContain('NoSuchKey');
    });

    test('all records of an event count: the reference sees to the first', async () => {
      const made = await comparison.makeAll({ 'one.jpg': await photo(), 'two.jpg': await photo() });
      expect(made).toEqual({
        ours: ['miniaturas/one.jpg', 'miniaturas/two.jpg'],
        reference: ['miniaturas/one.jpg'],
      });
    });

    requires(CORPUS, 'MINIATURAS_CORPUS (a folder of images with its manifest.json)').test(
      'real images: the same, but for what differs on purpose',
      async () => {
        const corpus = CORPUS as string;
        const manifest = JSON.parse(readFileSync(join(corpus, 'manifest.json'), 'utf8')) as {
          file: string;
        }[];
        const unexpected: string[] = [];
        const shown = new Set<string>();
        for (const { file } of manifest) {
          // Of their limits, which the reference has none of its own for, other tests tell.
          if (file.startsWith('bombs/')) continue;
          const cause = expectedFor(file);
          const onPurpose = cause ? ON_PURPOSE[cause]?.seen : [];
          const { seen, expected } = await compare(file, readFileSync(join(corpus, file)), {
            onPurpose: onPurpose ?? [],
          });
          if (cause) shown.add(cause);
          if (!expected)
            unexpected.push(`${file}: ${seen.join(', ') || 'no difference'}; expected ${cause ?? 'none'}`);
        }
        expect(unexpected).toEqual([]);
        expect([...shown].sort()).toEqual(Object.keys(ON_PURPOSE).sort());
      },
      180_000,
    );
  },
);

/** 640 × 480 px from red to blue, with green across: what a wrong orientation, crop or colour would show in. */
function gradient(): Promise<Buffer> {
  const [width, height] = [640, 480];
  const pixels = Buffer.alloc(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [(i % width) / width, Math.floor(i / width) / height];
    pixels.set([255 * (1 - x), 255 * y, 255 * x], 3 * i);
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}
