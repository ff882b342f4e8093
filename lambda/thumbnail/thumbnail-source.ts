import type { SourceEvent, SourceRef } from './events';
import { isFolderMarker, isThumbnailKey, MAX_KEY_BYTES, thumbnailKey, variantsFor } from './keys';
import type { Limits } from './limits';
import type { Outcome, SkipReason } from './outcome';
import { tooManyBytes } from './render/over-limit';
import { type Rejected, type Rendered, type Rendering, rejected } from './render/rendering';
import type { Semaphore } from './semaphore';
import type { Source, Store } from './store';
import type { Variant } from './variant';

export interface ThumbnailSourceDeps {
  /** The one whose objects are sources. */
  readonly bucket: string;
  readonly variants: readonly Variant[];
  readonly limits: Limits;
  readonly store: Store;
  /** Bytes of all sources in memory. */
  readonly sourceBytes: Semaphore;
  readonly render: (source: ReadSource, variants: readonly Variant[]) => Promise<Rendering>;
}

/** A source whose bytes are in memory. */
export type ReadSource = Source & { readonly bytes: Uint8Array };

/** How often a source may change under our hands before the event is given back for a later try. */
const MAX_ROUNDS = 4;

/** A source kept changing while its thumbnails were made. A later try will find it at rest. */
export class SourceKeepsChanging extends Error {
  override readonly name = 'SourceKeepsChanging';
  constructor(readonly key: string) {
    super(`The source ${key} changed ${MAX_ROUNDS} times while its thumbnails were made.`);
  }
}

/**
 * Reconciles one source (idempotent): its thumbnails are there and of its newest bytes if it can be rendered, and are gone if it
 * is gone or cannot be. Any number of runs, in any order, overlapping or cut short and repeated, end in the same state, because
 * each looks at the source again after its last write: if its ETag is no longer the one acted on, it starts over.
 *
 * @throws SourceKeepsChanging and whatever the store and `render` throw: what a later try may cure
 */
export async function thumbnailSource(ref: SourceEvent, all: ThumbnailSourceDeps): Promise<Outcome> {
  const deps = { ...all, variants: variantsFor(ref.key, all.variants) };
  const reason = whyNoSource(ref, all, deps.variants);
  if (reason) return { outcome: 'skipped', reason };

  const maxBytes = deps.limits.sourceMiB * 2 ** 20;
  // The size in an event may be out of date. What is too large is not downloaded, and waits for no memory.
  let size = ref.size <= maxBytes ? ref.size : 0;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const result = await deps.sourceBytes.run(size, async () => {
      const source = await deps.store.read(ref, size);
      if (source && source.bytes === undefined && source.size <= maxBytes) return { size: source.size };
      const outcome = await act(source, ref, deps);
      return { size, outcome: (await deps.store.etag(ref)) === source?.etag ? outcome : undefined };
    });
    if (result.outcome) return result.outcome;
    size = result.size;
  }
  throw new SourceKeepsChanging(ref.key);
}

function whyNoSource(
  { bucket, key }: SourceRef,
  all: Pick<ThumbnailSourceDeps, 'bucket' | 'variants'>,
  own: readonly Variant[],
): SkipReason | undefined {
  if (bucket !== all.bucket) return 'is in another bucket';
  if (isThumbnailKey(key, all.variants)) return 'is a thumbnail';
  if (isFolderMarker(key)) return 'is a folder marker';
  if (own.length === 0) return 'no variant is for it';
  return undefined;
}

/** Writes the thumbnails of a source that has some, and removes those of one that has none. */
async function act(source: Source | undefined, ref: SourceRef, deps: ThumbnailSourceDeps): Promise<Outcome> {
  if (source === undefined) {
    await removeThumbnails(ref, deps);
    return { outcome: 'removed' };
  }
  const rendering = await renderingOf(source, ref, deps);
  if (rendering.kind === 'rejected') {
    await removeThumbnails(ref, deps);
    return { outcome: 'rejected', reason: rendering.reason, detail: rendering.detail };
  }
  await writeThumbnails(rendering, source, { ref, store: deps.store });
  return created(rendering, source, ref);
}

async function renderingOf(source: Source, ref: SourceRef, deps: ThumbnailSourceDeps): Promise<Rendering> {
  const { variants, limits, render } = deps;
  const { bytes } = source;
  if (bytes === undefined) return tooManyBytes(source.size, limits);
  return keyTooLong(ref, variants) ?? render({ ...source, bytes }, variants);
}

async function writeThumbnails(
  { width, height, thumbhash, damaged, thumbnails }: Rendered,
  { etag }: Source,
  { ref, store }: { readonly ref: SourceRef; readonly store: Store },
): Promise<void> {
  const metadata = {
    'source-etag': etag,
    'source-width': `${width}`,
    'source-height': `${height}`,
    thumbhash,
    ...(damaged && { damaged: 'true' }),
  };
  await Promise.all(
    thumbnails.map(({ variant, bytes, contentType }) =>
      store.write(
        { ...ref, key: thumbnailKey(variant, ref.key) },
        { bytes, contentType, cacheControl: variant.cacheControl, metadata },
      ),
    ),
  );
}

async function removeThumbnails(ref: SourceRef, { variants, store }: ThumbnailSourceDeps): Promise<void> {
  const keys = variants.map(variant => thumbnailKey(variant, ref.key));
  const possible = keys.filter(key => Buffer.byteLength(key) <= MAX_KEY_BYTES);
  await Promise.all(possible.map(key => store.remove({ ...ref, key })));
}

function created(rendering: Rendered, source: Source, ref: SourceRef): Outcome {
  const { width, height, format, decoder, damaged } = rendering;
  return {
    outcome: 'created',
    source: { bytes: source.size, format, width, height, decoder, damaged },
    thumbnails: rendering.thumbnails.map(({ variant, bytes, width, height }) => ({
      key: thumbnailKey(variant, ref.key),
      bytes: bytes.byteLength,
      width,
      height,
    })),
  };
}

function keyTooLong({ key }: SourceRef, variants: readonly Variant[]): Rejected | undefined {
  const longest = Math.max(...variants.map(variant => Buffer.byteLength(thumbnailKey(variant, key))));
  if (longest <= MAX_KEY_BYTES) return undefined;
  return rejected(
    'key too long',
    `The thumbnail's key would have ${longest} bytes; S3 takes ${MAX_KEY_BYTES}. Shorten the source's key.`,
  );
}
