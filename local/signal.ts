/** A condition variable: the parts of the local cloud wait for each other without polling. */
export interface Signal {
  /** Wakes all waiters; each checks its own condition again. */
  notify(): void;
  /** Resolves at the next {@link notify}, or after `ms` at the latest. */
  wait(ms?: number): Promise<void>;
}

export function createSignal(): Signal {
  const waiting = new Set<() => void>();
  return {
    notify() {
      for (const wake of [...waiting]) wake();
    },
    wait: (ms = Number.POSITIVE_INFINITY) =>
      new Promise(resolve => {
        const timer = Number.isFinite(ms) ? setTimeout(wake, ms) : undefined;
        waiting.add(wake);
        function wake() {
          clearTimeout(timer);
          waiting.delete(wake);
          resolve();
        }
      }),
  };
}

/** Takes one line of the local cloud's log. */
export type Log = (line: string) => void;
