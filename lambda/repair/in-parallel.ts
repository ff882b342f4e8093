/** Does something with each of a list, so many at a time. @returns the results in the list's order */
export async function inParallel<T, R>(
  all: readonly T[],
  atOnce: number,
  work: (one: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const entries = all.entries();
  const workOn = async () => {
    for (const [i, one] of entries) results[i] = await work(one);
  };
  await Promise.all(Array.from({ length: atOnce }, workOn));
  return results;
}
