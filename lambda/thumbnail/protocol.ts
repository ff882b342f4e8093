import type { SourceEvent } from './model/events';
import type { Outcome } from './model/outcome';

/** What the supervisor gives its worker to do: to reconcile one source. */
export interface Job {
  readonly source: SourceEvent;
  /** What an earlier attempt has proven of one version of the source: that version is not rendered again. */
  readonly verdict?: Verdict;
}

/** That one version of a source cannot be rendered, because it takes too long or ends the worker. */
export interface Verdict {
  /** The version. */
  readonly etag: string;
  /** How the worker ended, such as `SIGSEGV`; absent where the time limit was met. */
  readonly crash?: string;
}

/** What became of a source, and the milliseconds of each step. */
export interface Report {
  readonly outcome: Outcome;
  readonly milliseconds: Readonly<Record<string, number>>;
}

/** Supervisor to worker. No image crosses between the two processes. */
export interface Request extends Job {
  readonly id: number;
}

/** Worker to supervisor, of the request with that id. */
export type Message = { readonly id: number } & (
  | { readonly kind: 'read'; readonly etag: string }
  /** It has its memory and its CPU: the time of its rendering begins to count. */
  | { readonly kind: 'rendering' }
  | { readonly kind: 'rendered' }
  | { readonly kind: 'done'; readonly report: Report }
  /** What a later try may cure. */
  | { readonly kind: 'fault'; readonly name: string; readonly message: string }
);
