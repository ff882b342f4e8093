import { holdAll } from '../hold';
import type { Queues } from '../queues';

/** When each source failed last, in ms since 1970, by its key. */
export type Failing = ReadonlyMap<string, number>;

/** Reads the dead-letter queue. Its messages are visible to others again when this is done. */
export async function readFailing(queues: Queues, signal: AbortSignal): Promise<Failing> {
  const hold = await holdAll(queues, { signal });
  await hold.release();
  signal.throwIfAborted();
  const failing = new Map<string, number>();
  for (const { keys, when } of hold.deadLetters)
    for (const key of keys) failing.set(key, Math.max(+when, failing.get(key) ?? 0));
  return failing;
}

/**
 * Whether a source failed as it is now. A source that is gone has no newer bytes: what is known of it counts.
 *
 * @param source undefined where there is none
 */
export function isFailing(
  failing: Failing,
  { key, source }: { readonly key: string; readonly source: { readonly lastModified: number } | undefined },
): boolean {
  const when = failing.get(key);
  return when !== undefined && when >= (source?.lastModified ?? 0);
}
