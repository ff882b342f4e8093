/** A weighted semaphore: work runs while it holds permits, in the order in which it asked for them (FIFO). */
export interface Semaphore {
  /**
   * Runs `work` as soon as its permits are free, and gives them back when it ends, however it ends.
   *
   * @param permits 0 or more; more than there are count as all of them
   * @throws RangeError for what is no such number, and whatever `work` throws
   */
  run<T>(permits: number, work: () => Promise<T>): Promise<T>;
}

/** @param total permits of all work that runs at once */
export function createSemaphore(total: number): Semaphore {
  let free = total;
  const waiting: { readonly permits: number; readonly start: () => void }[] = [];

  function startWhatFits(): void {
    for (let next = waiting[0]; next && next.permits <= free; next = waiting[0]) {
      waiting.shift();
      free -= next.permits;
      next.start();
    }
  }

  return {
    async run(wanted, work) {
      // NaN would never fit, and would block the queue behind it.
      if (!(wanted >= 0)) throw new RangeError(`Expected 0 or more permits but received ${wanted}.`);
      const permits = Math.min(wanted, total);
      await new Promise<void>(start => {
        waiting.push({ permits, start });
        startWhatFits();
      });
      try {
        return await work();
      } finally {
        free += permits;
        startWhatFits();
      }
    },
  };
}
