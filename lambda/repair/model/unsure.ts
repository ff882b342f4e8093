import { thumbnailKey } from '../../thumbnail/model/keys';
import type { Variant } from '../../thumbnail/model/variant';
import type { Difference } from './difference';

/**
 * The difference with its unsure thumbnails looked at: those of other bytes than the source's are stale, the others are fine.
 *
 * @param sourceEtagOf the `source-etag` in the metadata of an object; undefined if there is no such object, or it has none
 */
export async function resolveUnsure(
  difference: Difference,
  sourceEtagOf: (thumbnailKey: string) => Promise<string | undefined>,
): Promise<Difference> {
  const { key, source, unsure, stale } = difference;
  const isStale = async (variant: Variant) =>
    (await sourceEtagOf(thumbnailKey(variant, key))) === source?.etag ? [] : [variant];
  const found = await Promise.all(unsure.map(isStale));
  return { ...difference, unsure: [], stale: [...stale, ...found.flat()] };
}
