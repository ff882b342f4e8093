/** Lets the parts of the local cloud wait for each other without polling. */
export interface Signal {
  /** Wakes everyone who waits; each looks again at what it waits for. */
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

/** Where the local cloud writes what a person may want to read, a line at a time. */
export type Log = (line: string) => void;
