import { type ApplyDeps, apply } from './apply';
import type { SourceEvent } from './model/events';
import { FOCUS } from './model/focus';
import type { Outcome, SkipReason } from './model/outcome';
import { variantsFor, type Watching, whyNoSource, whyUnwatched } from './model/watched';
import type { Semaphore } from './semaphore';
import type { StoredObject } from './store';

export interface ReconcileDeps extends ApplyDeps, Watching {
  /** The one whose objects are sources. */
  readonly bucket: string;
  /** Bytes of all sources in memory. */
  readonly sourceBytes: Semaphore;
}

/** How often a source may change while it is worked on, before its message is given back for redelivery. */
const MAX_ROUNDS = 4;

/** A source kept changing while its thumbnails were made. Retryable. */
export class SourceKeepsChanging extends Error {
  override readonly name = 'SourceKeepsChanging';
  constructor(readonly key: string) {
    super(`The source ${key} changed ${MAX_ROUNDS} times while its thumbnails were made.`);
  }
}

/**
 * Reconciles one source (idempotent): its thumbnails are there and of its newest bytes if they can be made, and are gone if it
 * is gone or they cannot. Any number of runs, in any order, overlapping or cut short and repeated, end in the same state, because
 * each looks at the source again after its last write: if it is no longer the one acted on, the run starts over.
 *
 * @throws SourceKeepsChanging and whatever the store and `render` throw: what a later try may cure
 */
export async function reconcile(ref: SourceEvent, all: ReconcileDeps): Promise<Outcome> {
  const reason = whySkipped(ref, all);
  if (reason) return { outcome: 'skipped', reason };
  const deps = { ...all, variants: variantsFor(ref.key, all.variants) };

  const maxBytes = deps.limits.sourceMiB * 2 ** 20;
  // The size in an event may be out of date. What is too large is not downloaded, and waits for no memory.
  let size = ref.size <= maxBytes ? ref.size : 0;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const result = await deps.sourceBytes.run(size, async () => {
      const source = await deps.store.read(ref, size);
      if (source && source.bytes === undefined && source.size <= maxBytes) return { size: source.size };
      const outcome = await apply(source, ref, deps);
      return { size, outcome: isUnchanged(source, await deps.store.head(ref)) ? outcome : undefined };
    });
    if (result.outcome) return result.outcome;
    size = result.size;
  }
  throw new SourceKeepsChanging(ref.key);
}

/** Whether the object is still what its thumbnails were made from: same bytes, same focus point. */
function isUnchanged(before: StoredObject | undefined, after: StoredObject | undefined): boolean {
  return before?.etag === after?.etag && before?.metadata[FOCUS] === after?.metadata[FOCUS];
}

function whySkipped({ bucket, key, isRemoval }: SourceEvent, deps: ReconcileDeps): SkipReason | undefined {
  if (bucket !== deps.bucket) return 'is in another bucket';
  return isRemoval ? whyNoSource(key, deps.variants) : whyUnwatched(key, deps);
}
