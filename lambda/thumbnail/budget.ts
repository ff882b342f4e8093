/** A store of something scarce that work takes from while it runs. */
export interface Budget {
  /**
   * Runs `work` once its share is free; first come, first served. A share larger than all there is waits for all of it.
   *
   * @param share in the budget's unit
   */
  spend<T>(share: number, work: () => Promise<T>): Promise<T>;
}

/** @param total what all work that runs at once may take together */
export function createBudget(total: number): Budget {
  let free = total;
  const waiting: { readonly share: number; readonly start: () => void }[] = [];

  function startWhatFits(): void {
    for (let next = waiting[0]; next && next.share <= free; next = waiting[0]) {
      waiting.shift();
      free -= next.share;
      next.start();
    }
  }

  return {
    async spend(wanted, work) {
      const share = Math.min(wanted, total);
      await new Promise<void>(start => {
        waiting.push({ share, start });
        startWhatFits();
      });
      try {
        return await work();
      } finally {
        free += share;
        startWhatFits();
      }
    },
  };
}
