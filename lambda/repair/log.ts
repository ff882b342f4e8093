import type { SliceResult } from './slice';

/** One object a slice, and one more at the end of a run; Lambda adds the time and the request. */
export function logSlice({ position, totals, done }: SliceResult, milliseconds: number): void {
  console.log({ outcome: 'slice', ...totals, position: position?.listed, milliseconds });
  if (done) console.log({ outcome: 'repaired', ...totals });
}
