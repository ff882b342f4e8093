/** What a local cloud has done since it started. */
export interface Counters {
  /** Events of changes that were sent to a queue. */
  notifications: number;
  invocations: number;
  /** Processes started. */
  coldStarts: number;
  /** Messages passed to a function, redeliveries included. */
  received: number;
  /** Messages that the function failed on, redeliveries included. */
  failed: number;
  /** Messages that moved to a dead-letter queue after too many receives. */
  deadLettered: number;
  /** Invocations that ended with an error that the function threw. */
  errors: number;
  /** Invocations stopped because the function's time ran out. */
  timeouts: number;
  /** Processes that ended by themselves. */
  crashes: number;
}

export function zeroCounters(): Counters {
  return {
    notifications: 0,
    invocations: 0,
    coldStarts: 0,
    received: 0,
    failed: 0,
    deadLettered: 0,
    errors: 0,
    timeouts: 0,
    crashes: 0,
  };
}
