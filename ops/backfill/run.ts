import type { Estimate } from './estimate';
import type { Found } from './found';
import type { Installation } from './installation';
import type { Options } from './options';
import type { Plan } from './plan';

/** One run of the command. */
export interface Run {
  readonly installation: Installation;
  readonly options: Options;
  readonly signal: AbortSignal;
  /** Prints a line for people: on stderr with `--json`. */
  readonly say: (line: string) => void;
}

/** What a dry run found. */
export interface Summary {
  readonly found: Found;
  readonly estimate: Estimate;
}

export type BackfillPlan = Plan<Summary>;

/** What became of a run; `--json` prints it. */
export interface Result extends Summary {
  /** Messages that were sent, those of an earlier run that this one went on with included. */
  readonly sent: number;
  /** Thumbnails that were removed because no variant wants them. */
  readonly removed: number;
  /** What was found again when all was done; absent if that was not waited for. */
  readonly after?: Found;
  /** Sources that failed meanwhile. */
  readonly failed?: number;
  /** Whether anything is left that was asked for. */
  readonly complete: boolean;
}
