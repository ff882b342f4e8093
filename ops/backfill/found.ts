import type { Difference } from '../../lambda/repair/model/difference';
import type { Variant } from '../../lambda/thumbnail/model/variant';
import type { Place } from '../recipes';
import { formatOf, type ToRender } from './estimate';

/** What the listings of a bucket held, in numbers. */
export interface Found {
  /** Objects that are to have thumbnails. */
  sources: number;
  /** Objects that are neither sources nor thumbnails, such as those whose extension is not watched. */
  others: number;
  /** Objects where thumbnails of removed variants lie. */
  leftovers: number;
  /** Sources that are left out as they are among the failures. */
  failing: number;
  /** Sources to look at again, those that are gone included. */
  messages: number;
  readonly variants: readonly FoundOfVariant[];
  readonly toRender: { -readonly [name in keyof ToRender]: ToRender[name] };
}

/** Thumbnails of one variant. */
export interface FoundOfVariant extends Place {
  missing: number;
  /** Older than their source, or than the variant's recipe. */
  stale: number;
  /** Without a source. */
  orphans: number;
  /** Of sources that the variant is not for. */
  unwanted: number;
  /** Missing or stale, or orphans, and left out as the source is among the failures. */
  failing: number;
}

export function nothingFound(variants: readonly Variant[]): Found {
  return {
    sources: 0,
    others: 0,
    leftovers: 0,
    failing: 0,
    messages: 0,
    variants: variants.map(({ prefix, suffix }) => ({
      prefix,
      suffix,
      missing: 0,
      stale: 0,
      orphans: 0,
      unwanted: 0,
      failing: 0,
    })),
    toRender: { count: 0, bytes: 0, formats: {}, missing: 0 },
  };
}

/** Counts a difference. @param isFailing whether its source is left out */
export function count(found: Found, difference: Difference, isFailing: boolean): void {
  const { key, source, missing, stale, orphan, unwanted } = difference;
  const add = (name: Exclude<keyof FoundOfVariant, keyof Place>, variants: readonly Variant[]) => {
    for (const { prefix, suffix } of variants) {
      const one = found.variants.find(place => place.prefix === prefix && place.suffix === suffix);
      if (one) one[name]++;
    }
  };
  add('unwanted', unwanted);
  const work = [...missing, ...stale, ...orphan];
  if (work.length === 0) return;
  if (isFailing) {
    found.failing++;
    add('failing', work);
    return;
  }
  found.messages++;
  add('missing', missing);
  add('stale', stale);
  add('orphans', orphan);
  if (source === undefined) return;
  const { toRender } = found;
  const format = formatOf(key);
  toRender.count++;
  toRender.bytes += source.size;
  toRender.formats = { ...toRender.formats, [format]: (toRender.formats[format] ?? 0) + 1 };
  toRender.missing += missing.length;
}

/** A number of all variants together. */
export function total(found: Found, name: Exclude<keyof FoundOfVariant, keyof Place>): number {
  return found.variants.reduce((sum, one) => sum + one[name], 0);
}

/** Thumbnails that a run would make, replace or remove by messages. */
export function work(found: Found): number {
  return total(found, 'missing') + total(found, 'stale') + total(found, 'orphans');
}
