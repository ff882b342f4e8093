import type { Settings } from '../../thumbnail/model/settings';
import type { Variant } from '../../thumbnail/model/variant';
import { variantsFor, whyUnwatched } from '../../thumbnail/model/watched';
import type { Listed } from './listed';

/** All that the listings hold of one source. JSON can hold it. */
export interface Found {
  readonly key: string;
  /** Absent if only thumbnails of it are there. */
  readonly source?: Listed;
  /** When its thumbnails were last modified (ms since 1970), in the order of the variants; null where there is none. */
  readonly thumbnails: readonly (number | null)[];
}

/** A source, which may be no more, and what is wrong with its thumbnails, by variant. */
export interface Difference {
  /** The source's. */
  readonly key: string;
  /** Undefined if it is no more. */
  readonly source: Listed | undefined;
  /** There is no thumbnail. */
  readonly missing: readonly Variant[];
  /** The thumbnail is older than its source, or than `olderThan`. */
  readonly stale: readonly Variant[];
  /**
   * The thumbnail has the same time as its source, and S3 lists whole seconds. It is stale if the `source-etag` in its metadata is
   * not the source's ETag.
   */
  readonly unsure: readonly Variant[];
  /** There is a thumbnail, and no source. */
  readonly orphan: readonly Variant[];
  /**
   * There is a thumbnail of a variant that is not for such a source (`from`, `except`), whether the source is there or not. No
   * event removes it.
   */
  readonly unwanted: readonly Variant[];
}

type Problem = Exclude<keyof Difference, 'key' | 'source'>;

/** What decides whether thumbnails are as they should be. */
export interface Criteria {
  readonly settings: Pick<Settings, 'variants' | 'extensions'>;
  /** Thumbnails before this time (ms since 1970) are stale too. @default only those that are older than their source */
  readonly olderThan?: number;
}

/** What is wrong with a source's thumbnails; undefined if nothing is. A source that is not watched lacks none. */
export function differenceOf(found: Found, criteria: Criteria): Difference | undefined {
  const { variants } = criteria.settings;
  const problems = problemsOf(found, criteria);
  if (problems.every(isNone)) return undefined;
  const having = (problem: Problem) => variants.filter((_, i) => problems[i] === problem);
  return {
    key: found.key,
    source: found.source,
    missing: having('missing'),
    stale: having('stale'),
    unsure: having('unsure'),
    orphan: having('orphan'),
    unwanted: having('unwanted'),
  };
}

/** In the order of the variants. */
function problemsOf(
  { key, source, thumbnails }: Found,
  { settings, olderThan = Number.NEGATIVE_INFINITY }: Criteria,
): readonly (Problem | undefined)[] {
  const wanted = variantsFor(key, settings.variants);
  const problems = settings.variants.map((variant, i) => {
    const thumbnail = thumbnails[i] ?? undefined;
    if (!wanted.includes(variant)) return thumbnail === undefined ? undefined : 'unwanted';
    return source ? problemOf(thumbnail, source, olderThan) : thumbnail === undefined ? undefined : 'orphan';
  });
  // Whether it is watched is asked last: most sources have no problems.
  if (!source || problems.every(isNone) || whyUnwatched(key, settings) === undefined) return problems;
  return problems.map(problem => (problem === 'unwanted' ? problem : undefined));
}

function problemOf(
  thumbnail: number | undefined,
  { lastModified }: Listed,
  olderThan: number,
): Problem | undefined {
  if (thumbnail === undefined) return 'missing';
  if (thumbnail < lastModified || thumbnail < olderThan) return 'stale';
  return thumbnail === lastModified ? 'unsure' : undefined;
}

function isNone(problem: Problem | undefined): boolean {
  return problem === undefined;
}
