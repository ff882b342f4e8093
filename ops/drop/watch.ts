import { type Watching, whyUnwatched } from '../../lambda/thumbnail/model/watched';
import { matches, type Notification, notificationsOf } from '../../local/events/notification';
import type { Resource } from '../../local/template/stack';
import { deployedIn } from '../deployed';

/** What a bucket watches, and what becomes of it: all that a drop has to know of the template. */
export interface Watch extends Watching {
  /** Undefined for a bucket that the template does not make: a rule announces all of its keys. */
  readonly notifications: readonly Notification[] | undefined;
}

/** Reads it out of the template's resources; undefined where they have no function of ours. */
export function watchOf(bucketName: string, resources: readonly Resource[]): Watch | undefined {
  const bucket = resources.find(({ ref }) => ref === bucketName);
  const deployed = deployedIn(resources);
  if (!deployed) return undefined;
  const { variants, extensions } = deployed.settings;
  return { variants, ...(extensions && { extensions }), notifications: bucket && notificationsOf(bucket) };
}

/** Why a file would get no thumbnail in this bucket, in a few words; undefined if it should get one. */
export function whyNoThumbnail(key: string, { notifications, ...watching }: Watch): string | undefined {
  const why = whyUnwatched(key, watching);
  if (why) return why;
  const isAnnounced = notifications?.some(rule => matches(rule, { name: 'ObjectCreated:Put', key })) ?? true;
  return isAnnounced ? undefined : 'has an extension that S3 does not announce';
}
