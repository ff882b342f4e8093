import { compareListings } from '../../lambda/repair/model/compare';
import type { Difference } from '../../lambda/repair/model/difference';
import type { Pages, Wanted } from '../../lambda/repair/model/listed';
import { within } from '../../lambda/repair/model/range';
import { resolveUnsure } from '../../lambda/repair/model/unsure';
import { thumbnailKey } from '../../lambda/thumbnail/model/keys';
import type { Settings } from '../../lambda/thumbnail/model/settings';
import type { Variant } from '../../lambda/thumbnail/model/variant';
import { whyUnwatched } from '../../lambda/thumbnail/model/watched';
import { inParallel } from '../in-parallel';
import type { Place } from '../recipes';
import type { Target } from '../target';
import { aged } from './aged';
import { type Failing, isFailing } from './failing';
import { count, type Found, nothingFound } from './found';
import { leftoversIn } from './leftovers';
import { createPool } from './pool';
import type { Range } from './ranges';
import { sourceEtagOf } from './source-etag';
import { sourceRanges } from './source-ranges';

/** Ranges listed at a time. */
const RANGES_AT_ONCE = 8;
/** Thumbnails looked at at a time: with the listings, below the client's 50 connections. */
const LOOKS_AT_ONCE = 24;

export interface Survey {
  readonly target: Target;
  readonly list: (wanted: Wanted) => Pages;
  readonly settings: Settings;
  /** Places of variants that there are no more. */
  readonly removed: readonly Place[];
  /** When the recipe of a variant's thumbnails changed, in ms since 1970; undefined if it did not. */
  readonly since: (variant: Variant) => number | undefined;
  /** What the sources' keys begin with. */
  readonly prefix: string;
  readonly failing: Failing;
  readonly signal: AbortSignal;
  /** Told of the number of sources now and then. */
  readonly onProgress: (sources: number) => void;
}

/** What a survey comes across. */
export interface Findings {
  /** A source that is to be looked at again. */
  onWork(difference: Difference): void;
  /** An object that may be a thumbnail which nothing keeps: of a removed variant, or of a source that the variant is not for. */
  onUnkept(key: string): void;
}

/** Lists the bucket's sources and thumbnails side by side and counts what is wrong. */
export async function survey(options: Survey, findings: Findings): Promise<Found> {
  const { list, settings, removed, prefix, failing, signal } = options;
  const { variants } = settings;
  const found = nothingFound(variants);
  const folders = [...variants, ...removed].map(place => place.prefix);
  const ranges = await sourceRanges(list, { prefix, except: folders });
  const looks = createPool(LOOKS_AT_ONCE);
  const take = (difference: Difference) => {
    if (!difference.key.startsWith(prefix)) return;
    const isLeftOut = isFailing(failing, difference);
    count(found, difference, isLeftOut);
    for (const variant of difference.unwanted) findings.onUnkept(thumbnailKey(variant, difference.key));
    if (isWork(difference) && !isLeftOut) findings.onWork(difference);
  };

  await inParallel(ranges, { atOnce: RANGES_AT_ONCE, signal }, async range => {
    const comparison = {
      list: counted(aged(list, { variants, since: options.since }), { found, range, options }),
      settings,
      range,
      except: removed.map(place => place.prefix),
    };
    for await (const { differences } of compareListings(comparison)) {
      signal.throwIfAborted();
      options.onProgress(found.sources);
      for (const compared of differences)
        if (compared.unsure.length === 0) take(compared);
        else
          await looks.run(async () =>
            take(await resolveUnsure(compared, key => sourceEtagOf(key, options.target))),
          );
    }
  });
  await looks.idle();
  signal.throwIfAborted();
  for await (const key of leftoversIn(list, { removed, variants, prefix })) {
    found.leftovers++;
    findings.onUnkept(key);
  }
  signal.throwIfAborted();
  return found;
}

function isWork({ missing, stale, orphan }: Difference): boolean {
  return missing.length + stale.length + orphan.length > 0;
}

/** Counts the sources that pass in their listing. */
function counted(
  list: (wanted: Wanted) => Pages,
  { found, range, options }: { readonly found: Found; readonly range: Range; readonly options: Survey },
): (wanted: Wanted) => Pages {
  const isInRange = within(range);
  const { settings, prefix, removed } = options;
  const isLeftover = (key: string) => removed.some(place => key.startsWith(place.prefix));
  return async function* (wanted) {
    for await (const page of list(wanted)) {
      if (wanted.prefix === '')
        for (const { key } of page) {
          if (!isInRange(key) || !key.startsWith(prefix) || isLeftover(key)) continue;
          const why = whyUnwatched(key, settings);
          if (why === undefined) found.sources++;
          else if (why !== 'lies where thumbnails do') found.others++;
        }
      yield page;
    }
  };
}
