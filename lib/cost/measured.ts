/** What a way to make thumbnails takes for a photo. */
export interface Taken {
  /** CPU time a photo. */
  readonly cpuMs: number;
  /** Billed time in which no CPU is used, an invocation. */
  readonly waitingMs: number;
}

/** Mean size of the photos that were measured with, in MB. */
export const MEASURED_MB = 2.6;

/** From bench/results/billed.json; a test holds the two to each other. */
export const MEASURED = {
  /** In batches of ten. */
  miniaturas: { cpuMs: 37.8, waitingMs: 93 },
  pillow: { cpuMs: 36.5, waitingMs: 92.3 },
} as const satisfies Record<string, Taken>;

/** Reading, without a write or a second look: what a thumbnail made at each view waits for. */
export const READING_MS = 30 + 33;
