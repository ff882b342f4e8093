import type { Variant } from '../variant';
import type { Size } from './header-size';

/**
 * The size to which a source is reduced for a variant before anything is cut off or added, in px.
 * Never enlarged: a source that is smaller than the box stays as it is.
 */
export function reducedSize(
  source: Size,
  { width, height, fit }: Pick<Variant, 'width' | 'height' | 'fit'>,
): Size {
  const [across, down] = [width / source.width, height / source.height];
  const scale = Math.min(
    1,
    fit === 'cover' || fit === 'outside' ? Math.max(across, down) : Math.min(across, down),
  );
  return {
    width: Math.max(1, Math.round(source.width * scale)),
    height: Math.max(1, Math.round(source.height * scale)),
  };
}

/** The largest size to which a source is reduced for any of the variants, in px. */
export function largestReduced(source: Size, variants: readonly Variant[]): Size {
  return variants
    .map(variant => reducedSize(source, variant))
    .reduce((a, b) => (b.width * b.height > a.width * a.height ? b : a), { width: 1, height: 1 });
}

/** How many times larger than the next thumbnail a frame must be to make it from; less would soften it twice. */
const MIN_RATIO = 1.5;

/**
 * What to reduce from what: the largest from the source, each other one from the smallest frame that is still well above it.
 *
 * @returns for each size its predecessor's index, or -1 for the source; in an order in which predecessors come first
 */
export function chain(sizes: readonly Size[]): { index: number; from: number }[] {
  const order = sizes
    .map((_, index) => index)
    .sort((a, b) => at(sizes, b).width * at(sizes, b).height - at(sizes, a).width * at(sizes, a).height);
  return order.map((index, position) => {
    const size = at(sizes, index);
    const from = order.slice(0, position).findLast(earlier => {
      const { width, height } = at(sizes, earlier);
      return (
        (width === size.width && height === size.height) ||
        (width >= size.width * MIN_RATIO && height >= size.height * MIN_RATIO)
      );
    });
    return { index, from: from ?? -1 };
  });
}

function at(sizes: readonly Size[], index: number): Size {
  return sizes[index] ?? { width: 0, height: 0 };
}
