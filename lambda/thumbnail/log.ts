import type { SourceRef } from './model/events';
import type { Outcome } from './model/outcome';

/** One object a source, with the milliseconds of each step; Lambda adds the time and the request. */
export function logOutcome(
  { key }: SourceRef,
  outcome: Outcome,
  milliseconds: Readonly<Record<string, number>>,
): void {
  console.log({ key, ...outcome, milliseconds });
}

/** One object for a message that goes back to the queue for a later try. */
export function logFault(messageId: string, cause: unknown): void {
  const { name, message } = cause instanceof Error ? cause : new Error(String(cause));
  console.error({ outcome: 'error', messageId, name, message });
}
