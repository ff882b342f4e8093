import { sortable } from './key-order';

/** Sources by their keys, those of thumbnails without a source included. Ranges that follow each other share nothing. */
export interface Range {
  /** @default from the first key on */
  readonly after?: string;
  /** Itself included. @default to the last key */
  readonly upTo?: string;
}

/** Tells whether a key lies in a range. */
export function within({ after, upTo }: Range): (key: string) => boolean {
  if (after === undefined && upTo === undefined) return () => true;
  const first = sortable(after ?? '');
  const last = upTo === undefined ? undefined : sortable(upTo);
  return key => {
    const order = sortable(key);
    return order > first && (last === undefined || order <= last);
  };
}

/**
 * The last key with a suffix of all keys up to one. It need not be the one with the suffix: with `.thumb`, `a.thumb` comes after
 * `a!.thumb` though `a` comes before `a!`. But it begins as that one does.
 */
export function lastWithSuffix(key: string, suffix: string): string {
  let last = key + suffix;
  let beginning = '';
  for (const character of key) {
    beginning += character;
    const place = beginning + suffix;
    if (sortable(place) > sortable(last)) last = place;
  }
  return last;
}
