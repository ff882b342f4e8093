import type { Variant } from '../../thumbnail/model/variant';
import { variantsFor } from '../../thumbnail/model/watched';

/** Tells from an object's key which source it is the thumbnail of; undefined if it is none of the variant's. */
export type SourceKeyOf = (objectKey: string) => string | undefined;

/**
 * Reads the names of a variant's thumbnails. Where folders of variants lie in each other, two variants may claim one name. Then it
 * is of the one that is for the source (the configuration lets no two make thumbnails of one name), else of the innermost.
 *
 * @param canBeSource whether a key may be a source's at all
 */
export function thumbnailNames(
  variant: Variant,
  {
    variants,
    canBeSource,
  }: { readonly variants: readonly Variant[]; readonly canBeSource: (key: string) => boolean },
): SourceKeyOf {
  const claimOf = (claimant: Variant, objectKey: string) => {
    const sourceKey = sourceKeyIn(objectKey, claimant);
    return sourceKey !== undefined && canBeSource(sourceKey) ? sourceKey : undefined;
  };
  const claimants = variants.filter(other => overlap(other, variant)).sort(innermostFirst);
  if (claimants.length === 1) return objectKey => claimOf(variant, objectKey);
  return objectKey => {
    const claims = claimants.flatMap(claimant => {
      const sourceKey = claimOf(claimant, objectKey);
      return sourceKey === undefined ? [] : [{ claimant, sourceKey }];
    });
    const isFor = ({ claimant, sourceKey }: (typeof claims)[number]) =>
      variantsFor(sourceKey, [claimant]).length > 0;
    const owner = claims.find(isFor) ?? claims[0];
    return owner?.claimant === variant ? owner.sourceKey : undefined;
  };
}

function sourceKeyIn(objectKey: string, { prefix, suffix }: Variant): string | undefined {
  const end = objectKey.length - suffix.length;
  const has = end > prefix.length && objectKey.startsWith(prefix) && objectKey.endsWith(suffix);
  return has ? objectKey.slice(prefix.length, end) : undefined;
}

function overlap(a: Variant, b: Variant): boolean {
  return a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix);
}

function innermostFirst(a: Variant, b: Variant): number {
  return b.prefix.length - a.prefix.length || b.suffix.length - a.suffix.length;
}
