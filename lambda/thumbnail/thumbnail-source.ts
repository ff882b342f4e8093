import type { SourceRef } from './events';
import { isFolderMarker, isThumbnailKey, MAX_KEY_BYTES, thumbnailKey } from './keys';
import type { Outcome, SkipReason } from './outcome';
import type { Rejected, Rendering } from './render/rendering';
import type { Source, Store } from './store';
import type { Variant } from './variant';

export interface ThumbnailSourceDeps {
  readonly variants: readonly Variant[];
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
export async function thumbnailSource(ref: SourceRef, deps: ThumbnailSourceDeps): Promise<Outcome> {
  const reason = whyNoSource(ref.key, deps.variants);
  if (reason) return { outcome: 'skipped', reason };

  for (let round = 0; round < MAX_ROUNDS; round++) {
    const source = await deps.store.read(ref);
    const outcome = source
      ? await thumbnailsOf(source, ref, deps)
      : await noThumbnails({ outcome: 'removed' }, ref, deps);
    if ((await deps.store.etag(ref)) === source?.etag) return outcome;
  }
  throw new SourceKeepsChanging(ref.key);
}

function whyNoSource(key: string, variants: readonly Variant[]): SkipReason | undefined {
  if (isThumbnailKey(key, variants)) return 'is a thumbnail';
  if (isFolderMarker(key)) return 'is a folder marker';
  return undefined;
}

async function thumbnailsOf(source: Source, ref: SourceRef, deps: ThumbnailSourceDeps): Promise<Outcome> {
  const tooLong = keyTooLong(ref, deps.variants);
  const rendering = tooLong ?? (await deps.render(source.bytes, deps.variants));
  if (rendering.kind === 'rejected') {
    const { reason, detail } = rendering;
    return noThumbnails({ outcome: 'rejected', reason, detail }, ref, deps);
  }

  const { width, height, format, thumbnails } = rendering;
  const metadata = { 'source-etag': source.etag, 'source-width': `${width}`, 'source-height': `${height}` };
  const reports = thumbnails.map(({ variant, bytes, width, height }) => ({
    key: thumbnailKey(variant, ref.key),
    bytes: bytes.byteLength,
    width,
    height,
  }));
  await Promise.all(
    thumbnails.map(({ variant, bytes, contentType }) =>
      deps.store.write({ ...ref, key: thumbnailKey(variant, ref.key) }, { bytes, contentType, metadata }),
    ),
  );
  return {
    outcome: 'created',
    source: { bytes: source.bytes.byteLength, format, width, height },
    thumbnails: reports,
  };
}

async function noThumbnails(
  outcome: Outcome,
  ref: SourceRef,
  { variants, store }: ThumbnailSourceDeps,
): Promise<Outcome> {
  const keys = variants
    .map(variant => thumbnailKey(variant, ref.key))
    .filter(key => Buffer.byteLength(key) <= MAX_KEY_BYTES);
  await Promise.all(keys.map(key => store.remove({ ...ref, key })));
  return outcome;
}

function keyTooLong({ key }: SourceRef, variants: readonly Variant[]): Rejected | undefined {
  const longest = Math.max(...variants.map(variant => Buffer.byteLength(thumbnailKey(variant, key))));
  if (longest <= MAX_KEY_BYTES) return undefined;
  const detail = `The thumbnail's key would have ${longest} bytes; S3 takes ${MAX_KEY_BYTES}. Shorten the source's key.`;
  return { kind: 'rejected', reason: 'key too long', detail };
}
