import { isThumbnailKey, variantsFor } from '../../lambda/thumbnail/model/keys';
import { ENVIRONMENT, type Settings } from '../../lambda/thumbnail/model/settings';
import type { Variant } from '../../lambda/thumbnail/model/variant';
import { matches, notificationsOf } from '../../local/events/notification';
import type { Resource } from '../../local/template/stack';

/** What the function of the template makes of each source. */
export function variantsOf(resources: readonly Resource[]): readonly Variant[] {
  for (const { properties } of resources) {
    const { Variables } = (properties.Environment ?? {}) as { readonly Variables?: Record<string, string> };
    const settings = Variables?.[ENVIRONMENT.settings];
    if (settings) return (JSON.parse(settings) as Settings).variants;
  }
  throw new Error(`Expected a function with ${ENVIRONMENT.settings} in the template but received none.`);
}

/** Why a file would get no thumbnail in this bucket, in a few words; undefined if it should get one. */
export function whyUnwatched(
  key: string,
  { bucket, variants }: { readonly bucket: Resource; readonly variants: readonly Variant[] },
): string | undefined {
  if (isThumbnailKey(key, variants)) return 'lies where thumbnails go';
  const watched = notificationsOf(bucket).some(rule => matches(rule, { name: 'ObjectCreated:Put', key }));
  if (!watched) return 'has an extension that the bucket does not watch';
  return variantsFor(key, variants).length > 0 ? undefined : 'lies where no variant makes thumbnails of it';
}
