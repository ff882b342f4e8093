/** Runs `work` on every item, at most `atOnce` at a time, in the items' order; begins none after the signal aborts. */
export async function inParallel<T>(
  items: Iterable<T> | AsyncIterable<T>,
  { atOnce, signal }: { readonly atOnce: number; readonly signal?: AbortSignal | undefined },
  work: (item: T) => Promise<void>,
): Promise<void> {
  const remaining = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  const lane = async () => {
    while (!signal?.aborted) {
      const next = await remaining.next();
      if (next.done) return;
      await work(next.value);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}
