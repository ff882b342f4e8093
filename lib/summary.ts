import { thumbnailKey } from '../lambda/thumbnail/model/keys';
import type { Variant } from '../lambda/thumbnail/model/variant';
import { type Config, watched } from './config/config';
import { announcesThumbnails, type Endings } from './config/watch';
import { costLine } from './cost/work';

/**
 * What synth tells whoever deploys the stack: where thumbnails go and who keeps them from becoming sources, which names are
 * not seen, what it costs.
 *
 * @returns a line each
 */
export function summary(config: Config): string[] {
  const seen = watched(config);
  const announced = (variant: Variant) => announcesThumbnails(seen?.endings, variant.suffix);
  return [
    ...config.variants.map(variant => fate(variant, announced(variant))),
    ...unseen(seen),
    costLine(config),
  ];
}

function fate(variant: Variant, isAnnounced: boolean): string {
  const source = `${variant.from?.[0] ?? ''}photo.jpg`;
  const skippedBy = isAnnounced
    ? 'S3 announces it as well, and the function skips it by its prefix'
    : 'S3 does not announce it: no watched ending matches it';
  return `${source} becomes ${thumbnailKey(variant, source)}. ${skippedBy}.`;
}

function unseen(seen: Endings | undefined): string[] {
  const leftOut = seen?.leftOut ?? [];
  if (leftOut.length === 0) return [];
  return [
    `Not seen, because S3 takes 100 rules: names that end in ${leftOut.join(' ')}. "watch": "all" sees every name.`,
  ];
}
