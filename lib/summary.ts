import { thumbnailKey } from '../lambda/thumbnail/model/keys';
import type { Variant } from '../lambda/thumbnail/model/variant';
import { type Config, watched } from './config/config';
import { announcesThumbnails } from './config/watch';
import { costLine } from './cost/work';

/**
 * What synth tells whoever deploys the stack: where thumbnails go and who keeps them from becoming sources, which names are
 * not seen, what it costs.
 *
 * @returns a line each
 */
export function summary(config: Config): string[] {
  return [
    ...config.variants.map(variant => fate(variant, skippedBy(variant, config))),
    ...unseen(config),
    costLine(config),
  ];
}

function fate(variant: Variant, skippedBy: string): string {
  const source = `${variant.from?.[0] ?? ''}photo.jpg`;
  return `${source} becomes ${thumbnailKey(variant, source)}. ${skippedBy}.`;
}

function skippedBy({ suffix }: Variant, config: Config): string {
  if (config.bucketName !== undefined) return 'The rule of EventBridge leaves it out by its prefix';
  return announcesThumbnails(watched(config)?.endings, suffix)
    ? 'S3 announces it as well, and the function skips it by its prefix'
    : 'S3 does not announce it: no watched ending matches it';
}

function unseen(config: Config): string[] {
  // The rule of an existing bucket announces every key.
  const leftOut = config.bucketName === undefined ? (watched(config)?.leftOut ?? []) : [];
  if (leftOut.length === 0) return [];
  return [
    `Not seen, because S3 takes 100 rules: names that end in ${leftOut.join(' ')}. "watch": "all" sees every name.`,
  ];
}
