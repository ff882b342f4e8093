import type { Counters } from '../counters';
import type { SqsStore } from '../storage/fauxqs';
import type { ObjectChange, ObjectStore } from '../storage/objects';
import { sendTo } from '../storage/queues';
import type { Location } from '../template/places';
import type { Resource } from '../template/stack';
import { matches, notificationsOf } from './notification';
import { s3EventBody, s3TestEventBody } from './s3-event';

/** Creates an `AWS::S3::Bucket` of the template; from now on its changes go to the queues that it notifies. */
export function startBucket(
  bucket: Resource,
  services: {
    readonly objects: ObjectStore;
    readonly onChange: (listener: (change: ObjectChange) => void) => void;
    readonly queues: SqsStore;
    readonly counters: Counters;
    readonly location: Location;
  },
): void {
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
}
