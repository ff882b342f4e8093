import { SOURCE_ETAG, thumbnailKey } from '../thumbnail/model/keys';
import type { Variant } from '../thumbnail/model/variant';
import type { Failures } from './failures';
import type { Difference } from './model/difference';
import { resolveUnsure } from './model/unsure';

/** What is done about a difference: it is sent for one of three reasons, left to whoever sees to the failures, or nothing. */
export type Verdict = 'missing' | 'stale' | 'orphans' | 'failures' | undefined;

export interface Judged {
  /** Without what is no thumbnail of ours. */
  readonly difference: Difference;
  readonly verdict: Verdict;
}

export interface Looking {
  readonly failures: Failures;
  /** The metadata of an object; undefined if there is none. */
  readonly metadataOf: (key: string) => Promise<Readonly<Record<string, string>> | undefined>;
}

/**
 * Decides about a difference. Asks S3 where the listings do not tell: of a thumbnail of the same second as its source, which was
 * there first; of an object without a source, whether it is a thumbnail.
 */
export async function judge(difference: Difference, looking: Looking): Promise<Judged> {
  const resolved = await resolve(difference, looking);
  return { difference: resolved, verdict: verdictOn(resolved, looking) };
}

async function resolve(difference: Difference, { metadataOf }: Looking): Promise<Difference> {
  const sourceEtagOf = async (key: string) => (await metadataOf(key))?.[SOURCE_ETAG];
  const ours = async (variant: Variant) =>
    (await sourceEtagOf(thumbnailKey(variant, difference.key))) === undefined ? [] : [variant];
  const orphan = (await Promise.all(difference.orphan.map(ours))).flat();
  return resolveUnsure({ ...difference, orphan }, sourceEtagOf);
}

function verdictOn({ source, missing, stale, orphan }: Difference, { failures }: Looking): Verdict {
  if (source === undefined) return orphan.length > 0 ? 'orphans' : undefined;
  if (missing.length + stale.length === 0) return undefined;
  if (failures.include(source)) return 'failures';
  return missing.length > 0 ? 'missing' : 'stale';
}
