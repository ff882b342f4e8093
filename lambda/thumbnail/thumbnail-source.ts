import type { SourceRef } from './events';
import { isFolderMarker, isThumbnailKey, MAX_KEY_BYTES, thumbnailKey, variantsFor } from './keys';
import type { Limits } from './limits';
import type { Outcome, SkipReason } from './outcome';
import { tooManyBytes } from './render/over-limit';
import { type Rejected, type Rendered, type Rendering, rejected } from './render/rendering';
import type { Source, Store } from './store';
import type { Variant } from './variant';

export interface ThumbnailSourceDeps {
  readonly variants: readonly Variant[];
  readonly limits: Limits;
  readonly store: Store;
  readonly render: (source: Uint8Array, variants: readonly Variant[]) => Promise<Rendering>;
}

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
 * Makes the thumbnails of one source true: present and of its newest bytes if it can be rendered, absent if it is gone or
 * cannot be. Any number of runs, in any order, overlapping or cut short and repeated, end in the same state, because the last
 * thing that each run does is to see that the source is still the one it acted on.
 *
 * @throws SourceKeepsChanging and whatever the store throws: faults that a later try may cure
 */
export async function thumbnailSource(ref: SourceRef, all: ThumbnailSourceDeps): Promise<Outcome> {
  const deps = { ...all, variants: variantsFor(ref.key, all.variants) };
  const reason = whyNoSource(ref.key, all.variants, deps.variants);
  if (reason) return { outcome: 'skipped', reason };

  for (let round = 0; round < MAX_ROUNDS; round++) {
    const source = await deps.store.read(ref, deps.limits.sourceMiB * 2 ** 20);
    const outcome = await act(source, ref, deps);
    if ((await deps.store.etag(ref)) === source?.etag) return outcome;
  }
  throw new SourceKeepsChanging(ref.key);
}

function whyNoSource(key: string, all: readonly Variant[], own: readonly Variant[]): SkipReason | undefined {
  if (isThumbnailKey(key, all)) return 'is a thumbnail';
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
  const tooLong = keyTooLong(ref, variants);
  if (tooLong) return tooLong;
  if (source.bytes === undefined) return tooManyBytes(source.size, limits);
  return render(source.bytes, variants);
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
