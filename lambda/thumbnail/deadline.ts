import type { Context } from 'aws-lambda';
import { OutOfTime } from './supervisor';

/** What is kept of the function's time, in ms, to answer in. */
const TIME_TO_ANSWER_MS = 1_000;

/** The end of an invocation's time, a little before Lambda's. */
export interface Deadline {
  /** Aborts with {@link OutOfTime}. */
  readonly signal: AbortSignal;
  /** The invocation is over before its time. */
  clear(): void;
}

/** @param onDeadline is called right after the signal has aborted */
export function deadlineOf(
  context: Pick<Context, 'getRemainingTimeInMillis'>,
  onDeadline: () => void,
): Deadline {
  const remaining = context.getRemainingTimeInMillis();
  const controller = new AbortController();
  const timer = setTimeout(
    () => {
      controller.abort(new OutOfTime());
      onDeadline();
    },
    remaining - Math.min(TIME_TO_ANSWER_MS, remaining / 4),
  );
  return { signal: controller.signal, clear: () => clearTimeout(timer) };
}
