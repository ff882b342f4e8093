export interface Stopwatch {
  /** Milliseconds spent in each step, in all. Steps that overlap count in full. */
  readonly laps: Readonly<Record<string, number>>;
  /** The same function, its time added to a step. */
  time<A extends unknown[], R>(step: string, work: (...args: A) => Promise<R>): (...args: A) => Promise<R>;
}

export function stopwatch(): Stopwatch {
  const laps: Record<string, number> = {};
  return {
    laps,
    time:
      (step, work) =>
      async (...args) => {
        const start = performance.now();
        try {
          return await work(...args);
        } finally {
          laps[step] = Math.round((laps[step] ?? 0) + performance.now() - start);
        }
      },
  };
}
