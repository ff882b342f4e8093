import type { Variant } from '../thumbnail/model/variant';
import type { Failures } from './failures';
import type { Difference } from './model/difference';

/** What the repair does about a difference. */
export type Verdict = 'missing' | 'stale' | 'orphans' | 'failures' | undefined;

export interface Looking {
  readonly failures: Failures;
  /** The ETag that a variant's thumbnail names as its source's; undefined if there is no thumbnail of ours. */
  readonly sourceEtag: (variant: Variant, sourceKey: string) => Promise<string | undefined>;
}

/**
 * Whether a source is to be sent, and why. Asks S3 where the listings do not tell: of a thumbnail of the same second as its source,
 * which of the two was first; of an object without a source, whether it is a thumbnail.
 *
 * @returns undefined if it is not
 */
export async function verdictOn(
  { key, source, missing, stale, unsure, orphan }: Difference,
  { failures, sourceEtag }: Looking,
): Promise<Verdict> {
  if (source === undefined) {
    const etags = await Promise.all(orphan.map(variant => sourceEtag(variant, key)));
    return etags.some(etag => etag !== undefined) ? 'orphans' : undefined;
  }
  const isStale = async () => {
    const etags = await Promise.all(unsure.map(variant => sourceEtag(variant, key)));
    return etags.some(etag => etag !== source.etag);
  };
  const verdict =
    missing.length > 0 ? 'missing' : stale.length > 0 || (await isStale()) ? 'stale' : undefined;
  return verdict && failures.include(source) ? 'failures' : verdict;
}
