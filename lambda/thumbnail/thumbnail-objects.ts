import type { SourceRef } from './model/events';
import { SOURCE_ETAG } from './model/keys';
import type { Store, StoredObject, StoredThumbnail } from './store';

/** How often an object may change between a look at it and a call that builds on that, before the event is given back. */
const MAX_TRIES = 5;

/** Other runs kept writing or removing a thumbnail. Retryable. */
export class ThumbnailKeepsChanging extends Error {
  override readonly name = 'ThumbnailKeepsChanging';
  constructor(readonly key: string) {
    super(`The object ${key} changed ${MAX_TRIES} times while it was to be written or removed.`);
  }
}

/**
 * Writes a thumbnail where nothing is, or in place of another thumbnail. The first try takes one call to S3, and is right for
 * all new sources.
 *
 * @returns false if somebody else's object is there: it stays as it is
 * @throws ThumbnailKeepsChanging, and the store's faults
 */
export async function writeThumbnail(
  store: Store,
  object: SourceRef,
  thumbnail: StoredThumbnail,
): Promise<boolean> {
  let replaces: string | undefined;
  for (let i = 0; i < MAX_TRIES; i++) {
    if (await store.write(object, thumbnail, replaces)) return true;
    const existing = await store.head(object);
    if (existing !== undefined && !isThumbnail(existing)) return false;
    replaces = existing?.etag;
  }
  throw new ThumbnailKeepsChanging(object.key);
}

/**
 * Removes a thumbnail if it is there; somebody else's object stays.
 *
 * @throws ThumbnailKeepsChanging, and the store's faults
 */
export async function removeThumbnail(store: Store, object: SourceRef): Promise<void> {
  for (let i = 0; i < MAX_TRIES; i++) {
    const existing = await store.head(object);
    if (existing === undefined || !isThumbnail(existing)) return;
    if (await store.remove(object, existing.etag)) return;
  }
  throw new ThumbnailKeepsChanging(object.key);
}

function isThumbnail({ metadata }: StoredObject): boolean {
  return metadata[SOURCE_ETAG] !== undefined;
}
