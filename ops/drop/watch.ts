import { isThumbnailKey, variantsFor } from '../../lambda/thumbnail/model/keys';
import { ENVIRONMENT, type Settings } from '../../lambda/thumbnail/model/settings';
import type { Variant } from '../../lambda/thumbnail/model/variant';
import { matches, type Notification, notificationsOf } from '../../local/events/notification';
import type { Resource } from '../../local/template/stack';

/** What a bucket watches, and what becomes of it: all that a drop has to know of the template. */
export interface Watch {
  readonly notifications: readonly Notification[];
  readonly variants: readonly Variant[];
}

/** Reads it out of the template's resources; undefined where they have no such bucket, or no function of ours. */
export function watchOf(bucketName: string, resources: readonly Resource[]): Watch | undefined {
  const bucket = resources.find(({ ref }) => ref === bucketName);
  const variants = variantsOf(resources);
  return bucket && variants && { notifications: notificationsOf(bucket), variants };
}

function variantsOf(resources: readonly Resource[]): readonly Variant[] | undefined {
  for (const { properties } of resources) {
    const { Variables } = (properties.Environment ?? {}) as { readonly Variables?: Record<string, string> };
    const settings = Variables?.[ENVIRONMENT.settings];
    if (settings) return (JSON.parse(settings) as Settings).variants;
  }
  return undefined;
}

/** Why a file would get no thumbnail in this bucket, in a few words; undefined if it should get one. */
export function whyUnwatched(key: string, { notifications, variants }: Watch): string | undefined {
  if (isThumbnailKey(key, variants)) return 'lies where thumbnails go';
  const watched = notifications.some(rule => matches(rule, { name: 'ObjectCreated:Put', key }));
  if (!watched) return 'has an extension that the bucket does not watch';
  return variantsFor(key, variants).length > 0 ? undefined : 'lies where no variant makes thumbnails of it';
}
