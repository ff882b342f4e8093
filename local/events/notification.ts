import type { ChangeName } from '../storage/objects';
import type { Resource } from '../template/stack';

/** One entry of a bucket's `NotificationConfiguration`: which changes go to which queue. */
export interface Notification {
  readonly queueArn: string;
  /** `s3:ObjectCreated:*`, `s3:ObjectRemoved:Delete`, … */
  readonly event: string;
  /** Case-sensitive; '' lets every key pass. */
  readonly prefix: string;
  readonly suffix: string;
}

interface QueueConfiguration {
  readonly Queue: string;
  readonly Event: string;
  readonly Filter?: { readonly S3Key?: { readonly Rules?: readonly FilterRule[] } };
}

interface FilterRule {
  readonly Name: string;
  readonly Value: string;
}

/** The notifications of a bucket of the template. */
export function notificationsOf(bucket: Resource): Notification[] {
  const configuration = bucket.properties.NotificationConfiguration as
    | { readonly QueueConfigurations?: readonly QueueConfiguration[] }
    | undefined;
  return (configuration?.QueueConfigurations ?? []).map(({ Queue, Event, Filter }) => {
    const rule = (name: string) =>
      Filter?.S3Key?.Rules?.find(({ Name }) => Name.toLowerCase() === name)?.Value ?? '';
    return { queueArn: Queue, event: Event, prefix: rule('prefix'), suffix: rule('suffix') };
  });
}

/** Whether S3 would notify of a change. */
export function matches(
  { event, prefix, suffix }: Notification,
  change: { readonly name: ChangeName; readonly key: string },
): boolean {
  const name = `s3:${change.name}`;
  const wanted = event.endsWith('*') ? name.startsWith(event.slice(0, -1)) : name === event;
  return wanted && change.key.startsWith(prefix) && change.key.endsWith(suffix);
}
