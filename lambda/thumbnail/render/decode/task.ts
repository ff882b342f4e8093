import type { Limits } from '../../model/limits';
import type { Gamut, Variant } from '../../model/variant';
import type { Header } from '../read/header';

/** A source and its header. */
export interface Picture {
  readonly source: Uint8Array;
  readonly header: Header;
}

/** What a picture is decoded for, and within which bounds. */
export interface Task {
  readonly variants: readonly Variant[];
  readonly limits: Limits;
  /** When the source's time is up, in performance.now()'s ms. */
  readonly deadline: number;
  readonly otherFormats: boolean;
  readonly gamut: Gamut;
  readonly keepCopyright: boolean;
}

/** Whole seconds, at least one: sharp counts no others. */
export function secondsLeft({ deadline }: Task): number {
  return Math.max(1, Math.ceil((deadline - performance.now()) / 1000));
}
