/** What one source may take at most, in the units of the settings `limits.*`. */
export interface Limits {
  /** Size of the stored source, in MiB. */
  readonly sourceMiB: number;
  /** Pixels of all frames that are decoded, in millions. */
  readonly megapixels: number;
  /** Frames of an animation that stays one. */
  readonly frames: number;
  /** Time for all thumbnails of one source, in s. */
  readonly seconds: number;
  /** Memory that rendering one source may need by estimate, beside its bytes, in MiB. */
  readonly memoryMiB: number;
}

/** What Node, the SDK and sharp hold before the first image, in MiB (measured: bench/memory.ts). */
export const RUNTIME_MIB = 130;

/**
 * Safe limits for a function with so much memory, in MiB.
 *
 * A source may take four fifths of what the runtime leaves. Pixels follow from it at the one byte a pixel of the most frugal
 * decoder, that of a baseline JPEG; what needs more of it a pixel (PNG, AVIF, HEIC) meets {@link Limits.memoryMiB} first.
 */
export function limitsFor(memoryMiB: number): Limits {
  const free = Math.max(32, Math.floor((memoryMiB - RUNTIME_MIB) * 0.8));
  return {
    sourceMiB: Math.min(200, Math.floor(free / 8)),
    megapixels: Math.min(300, Math.floor(free / 2)),
    frames: 300,
    seconds: 20,
    memoryMiB: free - Math.min(200, Math.floor(free / 8)),
  };
}
