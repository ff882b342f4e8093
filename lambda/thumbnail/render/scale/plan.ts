import type { Point } from '../../model/focus';
import type { Size } from '../../model/size';
import type { Variant } from '../../model/variant';

/** No side is enlarged beyond it, in px: the other side of the box may be free, and WebP takes no more. */
const MAX_ENLARGED_SIDE = 16_383;

/**
 * The size to which a source is scaled for a variant before anything is cut off or added, in px. A source that is smaller than
 * the box stays as it is, unless the variant enlarges.
 */
export function reducedSize(
  source: Size,
  { width, height, fit, enlarge = false }: Pick<Variant, 'width' | 'height' | 'fit' | 'enlarge'>,
): Size {
  const scales = [
    ...(width === undefined ? [] : [width / source.width]),
    ...(height === undefined ? [] : [height / source.height]),
  ];
  const wanted = fit === 'cover' || fit === 'outside' ? Math.max(...scales) : Math.min(...scales);
  const most = enlarge ? Math.max(1, MAX_ENLARGED_SIDE / Math.max(source.width, source.height)) : 1;
  const scale = Math.min(most, wanted);
  return {
    width: Math.max(1, Math.round(source.width * scale)),
    height: Math.max(1, Math.round(source.height * scale)),
  };
}

/** The largest size to which a source is reduced for any of the variants, in px: what its decoder must deliver. */
export function largestReduced(source: Size, variants: readonly Variant[]): Size {
  return variants
    .map(variant => reducedSize(source, variant))
    .map(size => (fits(size, source) ? size : source))
    .reduce((a, b) => (b.width * b.height > a.width * a.height ? b : a), { width: 1, height: 1 });
}

/** Whether a size is no larger than another, on either side. */
export function fits(size: Size, other: Size): boolean {
  return size.width <= other.width && size.height <= other.height;
}

/** The box of a variant around a point of a picture that was reduced for it, within the picture, in px. */
export function boxAround(
  { x, y }: Point,
  picture: Size,
  { width = picture.width, height = picture.height }: Pick<Variant, 'width' | 'height'>,
): Size & { readonly left: number; readonly top: number } {
  const box = { width: Math.min(width, picture.width), height: Math.min(height, picture.height) };
  return {
    ...box,
    left: startAround(x, box.width, picture.width),
    top: startAround(y, box.height, picture.height),
  };
}

function startAround(point: number, length: number, of: number): number {
  return Math.max(0, Math.min(of - length, Math.round(point * of - length / 2)));
}

/** How many times larger than the next thumbnail a frame must be to make it from; less would soften it twice. */
const MIN_RATIO = 1.5;

/**
 * What to scale from what: the largest from the source, each other one from the smallest frame that is still well above it
 * and no larger than the source: an enlarged one has no more to give than the source.
 *
 * @returns for each size its predecessor's index, or -1 for the source; in an order in which predecessors come first
 */
export function chain(source: Size, sizes: readonly Size[]): { index: number; from: number }[] {
  const order = sizes
    .map((_, index) => index)
    .sort((a, b) => at(sizes, b).width * at(sizes, b).height - at(sizes, a).width * at(sizes, a).height);
  return order.map((index, position) => {
    const size = at(sizes, index);
    const from = order.slice(0, position).findLast(earlier => {
      const { width, height } = at(sizes, earlier);
      if (width === size.width && height === size.height) return true;
      const isWellAbove = width >= size.width * MIN_RATIO && height >= size.height * MIN_RATIO;
      return isWellAbove && fits({ width, height }, source);
    });
    return { index, from: from ?? -1 };
  });
}

function at(sizes: readonly Size[], index: number): Size {
  return sizes[index] ?? { width: 0, height: 0 };
}
