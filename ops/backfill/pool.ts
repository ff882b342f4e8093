/** Runs work that nobody waits for one by one, a bounded number at a time. */
export interface Pool {
  /** Begins work once there is room for it. @throws what earlier work threw */
  run(work: () => Promise<void>): Promise<void>;
  /** Waits until all is done. @throws what work threw */
  idle(): Promise<void>;
}

export function createPool(atOnce: number): Pool {
  const running = new Set<Promise<void>>();
  let fault: { readonly error: unknown } | undefined;
  const settled = async () => {
    if (running.size > 0) await Promise.race(running);
    if (fault) throw fault.error;
  };
  return {
    async run(work) {
      while (running.size >= atOnce) await settled();
      if (fault) throw fault.error;
      const one: Promise<void> = work()
        .catch(error => {
          fault ??= { error };
        })
        .finally(() => running.delete(one));
      running.add(one);
    },
    async idle() {
      do await settled();
      while (running.size > 0);
    },
  };
}
