/**
 * Runs `work` on every item, at most `limit` at once, started in the items' order.
 *
 * @returns the results in the items' order, each as `Promise.allSettled` reports it
 */
export async function settleAll<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<PromiseSettledResult<R>[]> {
  const results: PromiseSettledResult<R>[] = [];
  const queue = items.entries();
  async function worker() {
    for (const [index, item] of queue) {
      [results[index] as PromiseSettledResult<R>] = await Promise.allSettled([work(item)]);
    }
  }
  await Promise.all(Array.from({ length: limit }, worker));
  return results;
}
