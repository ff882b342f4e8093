import type { DeadLetter } from './dead-letters';

/** One source that failed for one reason, or one message that is no S3 event. */
export interface Failure {
  /** Undefined for a message that names no source. */
  readonly key?: string;
  readonly reason: string;
  readonly detail: string;
  /** When it last failed. */
  readonly when: Date;
  /** How often it did. */
  readonly times: number;
  /** Of a message that names no source: its id in SQS, and the beginning of its body. */
  readonly messageId?: string;
  readonly body?: string;
}

/** Characters of a message's body to show. */
const BODY_SHOWN = 200;

/** Groups dead letters, oldest first, by key and reason. */
export function failuresOf(deadLetters: readonly DeadLetter[]): Failure[] {
  const failures = new Map<string, Failure>();
  for (const { keys, reason, detail, when, message } of deadLetters) {
    const { MessageId: messageId = '', Body = '' } = message;
    if (keys.length === 0) {
      failures.set(messageId, { messageId, body: Body.slice(0, BODY_SHOWN), reason, detail, when, times: 1 });
    }
    for (const key of keys) {
      const id = JSON.stringify([key, reason]);
      failures.set(id, { key, reason, detail, when, times: (failures.get(id)?.times ?? 0) + 1 });
    }
  }
  return [...failures.values()].sort((a, b) => +a.when - +b.when);
}
