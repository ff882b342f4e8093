import type { Pages, Wanted } from '../../lambda/repair/model/listed';
import type { Variant } from '../../lambda/thumbnail/model/variant';
import type { Place } from '../recipes';

/** Keys that thumbnails of removed variants may have, and that none of today's can have. */
export async function* leftoversIn(
  list: (wanted: Wanted) => Pages,
  options: {
    readonly removed: readonly Place[];
    readonly variants: readonly Variant[];
    /** What the sources' keys begin with. */
    readonly prefix: string;
  },
): AsyncGenerator<string> {
  const { removed, variants, prefix } = options;
  const wasOf = removed.map(place => namesOf(place, prefix));
  const isOf = variants.map(variant => namesOf(variant, ''));
  for (const beginning of outermost(removed.map(place => place.prefix + prefix)))
    for await (const page of list({ prefix: beginning }))
      for (const { key } of page)
        if (wasOf.some(names => names(key)) && !isOf.some(names => names(key))) yield key;
}

/** Beginnings of keys that do not begin with another of them. */
function outermost(beginnings: readonly string[]): string[] {
  const all = [...new Set(beginnings)];
  return all.filter(one => !all.some(other => other !== one && one.startsWith(other)));
}

/** Whether a key may be that of a thumbnail in a place. */
function namesOf({ prefix, suffix }: Place, sources: string): (key: string) => boolean {
  return key =>
    key.length > prefix.length + suffix.length && key.startsWith(prefix + sources) && key.endsWith(suffix);
}
