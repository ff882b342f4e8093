import type { Size } from '../../model/size';

/** So many times the target's sides are left for the fine step. */
const MARGIN = 2;

/** By how much the sides of a HEIC may be divided while it is decoded: a whole number, 1 where it has to stay as it is. */
export function heicReduction(whole: Size, target: Size): number {
  return Math.max(1, Math.floor(Math.min(whole.width / target.width, whole.height / target.height) / MARGIN));
}
