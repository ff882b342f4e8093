/** What the contenders of the parts that render are asked, and answer. */
export interface RenderQuestion {
  readonly file: string;
  /** One square box each, in px. */
  readonly sides: readonly number[];
  readonly format: string;
}

export interface RenderAnswer {
  readonly cpuMs: number;
  /** Of the first thumbnail. */
  readonly bytes: number;
  /** What rendered it, or why nothing did. */
  readonly outcome?: string;
  /** Peak of memory over what the process had before, source included. */
  readonly moreMiB?: number;
  /** Our own estimate of it, without the source. */
  readonly estimateMiB?: number;
}
