import type { Variant } from '../../thumbnail/model/variant';
import { whyNoSource } from '../../thumbnail/model/watched';
import { type Cursor, cursorOf } from './cursor';
import type { Listed, Pages, Wanted } from './listed';
import { lastWithSuffix, type Range } from './range';
import { type SourceKeyOf, thumbnailNames } from './thumbnail-names';
import type { Entry } from './undecided';

/** Which objects are compared, and how they are listed. */
export interface Scope {
  /** Lists objects of the bucket. There may be more than those that are wanted, which costs time only. */
  readonly list: (wanted: Wanted) => Pages;
  /** Only sources with these keys, and thumbnails of such. @default all */
  readonly range?: Range;
  /** Further folders that hold no sources, such as those of removed variants; each with a slash at its end. */
  readonly except?: readonly string[];
}

/** One of the listings that are compared. */
export interface Lane {
  readonly cursor: Cursor;
  /** The key of the source that an object is, or is a thumbnail of; undefined if it is neither. */
  readonly sourceKeyOf: SourceKeyOf;
  /** Adds an object to what is found of its source. */
  add(entry: Entry, object: Listed): void;
}

/**
 * The listing of the sources, and one of each variant's thumbnails.
 *
 * @param after the place after which they begin
 */
export function lanesOf(
  variants: readonly Variant[],
  { list, range = {}, except = [] }: Scope,
  after: string,
): Lane[] {
  const { upTo } = range;
  const canBeSource = (key: string) => {
    const why = whyNoSource(key, variants);
    const isNoSource = why !== undefined && why !== 'is for no variant';
    return !isNoSource && !except.some(folder => key.startsWith(folder));
  };
  const folders = [...variants.map(({ prefix }) => prefix), ...except];
  const sources: Lane = {
    cursor: cursorOf(list({ prefix: '', after: after || undefined, upTo, except: folders }), ''),
    sourceKeyOf: key => (canBeSource(key) ? key : undefined),
    add: (entry, object) => {
      entry.source = object;
    },
  };
  const thumbnails = variants.map((variant, i): Lane => {
    const { prefix, suffix } = variant;
    const last = upTo === undefined ? undefined : prefix + lastWithSuffix(upTo, suffix);
    return {
      cursor: cursorOf(list({ prefix, after: prefix + after, upTo: last }), prefix),
      sourceKeyOf: thumbnailNames(variant, { variants, canBeSource }),
      add: (entry, { lastModified }) => {
        entry.thumbnails[i] = lastModified;
      },
    };
  });
  return [sources, ...thumbnails];
}
