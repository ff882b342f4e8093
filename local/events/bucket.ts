import type { Counters } from '../counters';
import type { SqsStore } from '../storage/fauxqs';
import type { ObjectChange, ObjectStore } from '../storage/objects';
import { sendTo } from '../storage/queues';
import type { Location } from '../template/places';
import type { Resource, Stack } from '../template/stack';
import type { EventBus } from './event-bus';
import { matches, notificationsOf } from './notification';
import { s3BusEvent, s3EventBody, s3TestEventBody } from './s3-event';

interface Services {
  readonly objects: ObjectStore;
  readonly onChange: (listener: (change: ObjectChange) => void) => void;
  readonly queues: SqsStore;
  readonly bus: EventBus;
  readonly counters: Counters;
  readonly location: Location;
}

/**
 * Creates an `AWS::S3::Bucket` of the template; from now on its changes go to the queues that it notifies, and to
 * EventBridge if it says so.
 */
export function startBucket(bucket: Resource, services: Services): void {
  const { objects, onChange, queues, counters, location } = services;
  const notifications = notificationsOf(bucket);
  objects.createBucket(bucket.name);
  for (const arn of new Set(notifications.map(({ queueArn }) => queueArn))) {
    sendTo(queues, arn, s3TestEventBody(bucket.name));
  }
  onChange(change => {
    if (change.bucket !== bucket.name) return;
    for (const { queueArn } of notifications.filter(one => matches(one, change))) {
      counters.notifications++;
      sendTo(queues, queueArn, s3EventBody(change, location.region));
    }
  });
  if (sendsToEventBridge(bucket)) publishChanges(bucket.name, services);
}

/**
 * Creates a bucket that the templates use and do not make, unless it is there; from now on its changes go to EventBridge.
 *
 * @throws Error if one of the templates makes it
 */
export function startExistingBucket(name: string, services: Services & { readonly stack: Stack }): void {
  const made = services.stack.resources.find(one => one.type === 'AWS::S3::Bucket' && one.name === name);
  if (made)
    throw new Error(`Expected an existing bucket but the template makes ${name} (${made.logicalId}).`);
  services.objects.createBucket(name);
  publishChanges(name, services);
}

function publishChanges(
  bucket: string,
  { onChange, bus, location }: Pick<Services, 'onChange' | 'bus' | 'location'>,
): void {
  onChange(change => {
    if (change.bucket === bucket) bus.publish(s3BusEvent(change, location));
  });
}

function sendsToEventBridge({ properties }: Resource): boolean {
  const { EventBridgeConfiguration: configuration } = (properties.NotificationConfiguration ?? {}) as {
    readonly EventBridgeConfiguration?: { readonly EventBridgeEnabled?: boolean | string };
  };
  return configuration !== undefined && String(configuration.EventBridgeEnabled ?? true) === 'true';
}
