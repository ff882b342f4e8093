import fc from 'fast-check';
import type { Variant } from '../../lambda/thumbnail/model/variant';
import { render } from '../../lambda/thumbnail/render/render';
import { chain, largestReduced, reducedSize } from '../../lambda/thumbnail/render/scale/plan';
import { corners, paint, pixelsOf, QUARTERS, quarters } from './pictures';
import { OPTIONS, renderOne, variant } from './variants';

const [RED, , , YELLOW] = QUARTERS;

/** The default variant with a box of these sides. */
function boxed({ width: _, height: __, ...rest }: Variant, box: Partial<Variant>): Variant {
  return { ...rest, ...box };
}

async function sizeOf(source: readonly [number, number], box: Partial<Variant>): Promise<[number, number]> {
  const bytes = await quarters(...source)
    .png()
    .toBuffer();
  const rendering = await render(bytes, [boxed(variant(), box)], OPTIONS);
  if (rendering.kind === 'rejected') throw new Error(rendering.detail);
  const { width = 0, height = 0 } = rendering.thumbnails[0] ?? {};
  return [width, height];
}

describe('one side alone leaves the other free', () => {
  test.each([
    [[640, 480], { width: 320 }, [320, 240]],
    [[480, 640], { width: 320 }, [320, 427]],
    [[640, 480], { height: 120 }, [160, 120]],
    [[100, 4000], { width: 50, fit: 'outside' }, [50, 2000]],
    [[100, 50], { width: 320 }, [100, 50]],
  ] as const)('%p in %p: %p', async (source, box, size) => {
    expect(await sizeOf(source, box)).toEqual(size);
  });
});

describe('enlarge fills the box', () => {
  test.each([
    [[64, 48], { width: 200, height: 200 }, [200, 150]],
    [[64, 48], { width: 200, height: 200, fit: 'outside' }, [267, 200]],
    [[64, 48], { width: 200, height: 100, fit: 'cover' }, [200, 100]],
    [[64, 48], { width: 200, height: 200, fit: 'contain' }, [200, 200]],
    [[64, 48], { width: 128 }, [128, 96]],
    [[640, 480], { width: 200, height: 200 }, [200, 150]],
  ] as const)('%p in %p: %p', async (source, box, size) => {
    expect(await sizeOf(source, { enlarge: true, ...box })).toEqual(size);
  });

  test('with the same picture, and as sharp as the source wherever it is made beside others', async () => {
    const source = await quarters(300, 300).png().toBuffer();
    const variants = [900, 450, 60].map(side =>
      variant({ width: side, height: side, enlarge: true, format: 'png' }),
    );
    const rendering = await render(source, variants, OPTIONS);
    if (rendering.kind === 'rejected') throw new Error(rendering.detail);
    expect(rendering.thumbnails.map(({ width }) => width)).toEqual([900, 450, 60]);
    const alone = await renderOne(source, { width: 450, height: 450, enlarge: true, format: 'png' });
    expect(Buffer.from(alone.bytes)).toEqual(Buffer.from(rendering.thumbnails[1]?.bytes ?? []));
    for (const { bytes } of rendering.thumbnails) {
      const [red, , , yellow] = await corners(bytes);
      expect(red).toBeNear(RED);
      expect(yellow).toBeNear(YELLOW);
    }
  });

  test('and what is transparent shows no dark edge', async () => {
    // Red on the left, a transparent black on the right: only alpha may fade between them.
    const source = await paint(40, 40, x => (x < 20 ? [255, 0, 0, 255] : [0, 0, 0, 0]))
      .png()
      .toBuffer();
    const { bytes } = await renderOne(source, {
      width: 400,
      height: 400,
      enlarge: true,
      background: '#ff0000',
    });
    const { at } = await pixelsOf(bytes);
    for (const x of [195, 200, 205]) expect(at(x, 200)).toBeNear(RED);
  });

  test('not beyond what an encoder takes, where the other side is free', async () => {
    expect(reducedSize({ width: 2, height: 4000 }, { width: 1600, fit: 'inside', enlarge: true })).toEqual({
      width: 8,
      height: 16_383,
    });
  });

  test('what would need more memory than there is, is rejected before it is decoded', async () => {
    const source = await quarters(100, 100).png().toBuffer();
    const box = { width: 16_000, height: 16_000, enlarge: true };
    expect(await render(source, [variant(box)], OPTIONS)).toMatchObject({
      kind: 'rejected',
      reason: 'too large',
    });
  });

  test('from the source: a decoder never has to deliver more, a smaller thumbnail is never made of an enlarged one', () => {
    const sides = fc.integer({ min: 1, max: 3000 });
    const sizes = fc.record({ width: sides, height: sides });
    fc.assert(
      fc.property(sizes, fc.array(sides, { minLength: 1, maxLength: 5 }), (source, boxes) => {
        const variants = boxes.map(side => variant({ width: side, height: side, enlarge: true }));
        const { width, height } = largestReduced(source, variants);
        expect(width <= source.width && height <= source.height).toBe(true);
        const scaled = variants.map(one => reducedSize(source, one));
        for (const { index, from } of chain(source, scaled)) {
          const [own, other] = [scaled[index], scaled[from]];
          if (other === undefined || other.width <= source.width) continue;
          expect(other).toEqual(own);
        }
      }),
    );
  });
});
