/** In a source's metadata (`x-amz-meta-focus: 0.3,0.2`): the point of the picture that `cover` is to keep. */
export const FOCUS = 'focus';

/** A point of an upright picture: 0 is its left or top edge, 1 its right or bottom one. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

const POINT = /^\s*([01]|0?\.\d+|1\.0+)\s*,\s*([01]|0?\.\d+|1\.0+)\s*$/;

/** The point that a source's metadata names; undefined if it names none, or one that is not `x,y` of 0 to 1. */
export function focusOf(metadata: Readonly<Record<string, string>>): Point | undefined {
  const [, x, y] = POINT.exec(metadata[FOCUS] ?? '') ?? [];
  return x === undefined || y === undefined ? undefined : { x: Number(x), y: Number(y) };
}
