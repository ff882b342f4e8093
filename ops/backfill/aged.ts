import type { Listed, Pages, Wanted } from '../../lambda/repair/model/listed';
import type { Variant } from '../../lambda/thumbnail/model/variant';

type List = (wanted: Wanted) => Pages;

/**
 * Lists thumbnails of an older recipe as if they were older than any source.
 *
 * @param options.since when the recipe of a variant's thumbnails changed, in ms since 1970; undefined if it did not
 */
export function aged(
  list: List,
  {
    variants,
    since,
  }: { readonly variants: readonly Variant[]; readonly since: (variant: Variant) => number | undefined },
): List {
  const changed = variants
    .map(variant => ({ ...variant, since: since(variant) }))
    // Of two that a key may be of, the one with the longer names is more likely meant.
    .sort((a, b) => b.prefix.length - a.prefix.length || b.suffix.length - a.suffix.length);
  if (changed.every(variant => variant.since === undefined)) return list;

  const age = (object: Listed): Listed => {
    const variant = changed.find(
      ({ prefix, suffix }) => object.key.startsWith(prefix) && object.key.endsWith(suffix),
    );
    return variant && object.lastModified < (variant.since ?? 0) ? { ...object, lastModified: 0 } : object;
  };
  return async function* (wanted) {
    for await (const page of list(wanted)) yield page.map(age);
  };
}
