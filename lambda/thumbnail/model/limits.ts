/** What one source may take at most, in the units of the settings `limits.*`. */
export interface Limits {
  /** Size of the stored source, in MiB; also of all sources in memory at once. */
  readonly sourceMiB: number;
  /** Pixels of all frames that are decoded, in millions. */
  readonly megapixels: number;
  /** Frames of an animation that stays one. */
  readonly frames: number;
  /** Time for all thumbnails of one source, in s. */
  readonly seconds: number;
  /** Memory that rendering may need by estimate, beside the sources' bytes, in MiB: one source, and all at once. */
  readonly memoryMiB: number;
}

/** What the supervisor and the worker hold before the first image, in MiB: 50 and 130 (measured: npm run bench -- growth burst). */
export const RUNTIME_MIB = 180;

/**
 * Safe limits for a function with so much memory, in MiB: four fifths of what the runtime leaves. Pixels follow from it at
 * two bytes a pixel, twice what the most frugal decoder needs (that of a baseline JPEG); formats that need more a pixel (PNG,
 * AVIF, HEIC) meet {@link Limits.memoryMiB} first.
 *
 * @param timeoutSeconds the function's: a third of it, 20 s at most, is for one source
 */
export function limitsFor(memoryMiB: number, timeoutSeconds: number): Limits {
  const free = Math.max(64, Math.floor((memoryMiB - RUNTIME_MIB) * 0.8));
  const sourceMiB = Math.min(200, Math.floor(free / 8));
  return {
    sourceMiB,
    megapixels: Math.min(300, Math.floor(free / 2)),
    frames: 300,
    seconds: Math.max(1, Math.min(20, Math.floor(timeoutSeconds / 3))),
    memoryMiB: free - sourceMiB,
  };
}

/**
 * How many pixels of a picture may be decoded whole before it is reduced, which for a large thumbnail takes a third less CPU
 * than to reduce it meanwhile: as four bytes each in a quarter of the memory; 25 million at most, because reducing them blocks
 * the event loop for 0.1 to 0.2 s.
 */
export function maxWholePixels({ memoryMiB }: Pick<Limits, 'memoryMiB'>): number {
  return Math.min(25_000_000, memoryMiB * 2 ** 16);
}
