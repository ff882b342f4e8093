import { GetBucketNotificationConfigurationCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { countsOf } from '../queues';
import type { Target } from '../target';

/** Who hears of the bucket's objects. */
export interface Announcements {
  readonly eventBridge: boolean;
  /** The bucket notifies our queue itself. */
  readonly queue: boolean;
}

/**
 * Sees whether the bucket can be listed.
 *
 * @throws Error that says what to do if it cannot
 */
export async function checkBucket({ s3, bucket }: Target): Promise<void> {
  try {
    await s3.send(new ListObjectsV2Command({ Bucket: bucket, MaxKeys: 1 }));
  } catch (cause) {
    const sentence = whyNotListed(cause, bucket, await s3.config.region());
    throw sentence === undefined ? cause : new Error(sentence, { cause });
  }
}

/** What S3's refusal of a listing means, as far as a person can do something about it. */
function whyNotListed(error: unknown, bucket: string, region: string): string | undefined {
  const { name, $response } = error as Error & {
    readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
  };
  const elsewhere = $response?.headers?.['x-amz-bucket-region'];
  if (name === 'NoSuchBucket')
    return `There is no bucket ${bucket}: deploy the stack again, with \`bucketName\` of cdk.json set to a bucket that is there.`;
  if (name === 'PermanentRedirect' || (elsewhere !== undefined && elsewhere !== region))
    return (
      `The bucket ${bucket} is in ${elsewhere ?? 'another region'}, and the stack in ${region}: a bucket's events stay in its ` +
      'region, so deploy the stack there.'
    );
  if (name === 'AccessDenied' || name === 'Forbidden')
    return (
      `These credentials may not list the bucket ${bucket}: they need s3:ListBucket on it, by their own policy and, in ` +
      "another account, by the bucket's."
    );
  return undefined;
}

/** Who hears of the bucket's objects; undefined where these credentials may not know. */
export async function announcementsOf({
  s3,
  bucket,
  sqs,
  queueUrl,
}: Target): Promise<Announcements | undefined> {
  try {
    const [{ QueueConfigurations = [], EventBridgeConfiguration }, { arn }] = await Promise.all([
      s3.send(new GetBucketNotificationConfigurationCommand({ Bucket: bucket })),
      countsOf(sqs, queueUrl),
    ]);
    return {
      eventBridge: EventBridgeConfiguration !== undefined,
      queue: QueueConfigurations.some(({ QueueArn }) => QueueArn === arn),
    };
  } catch {
    // It is only a hint, and s3:GetBucketNotification a right that one can do without.
    return undefined;
  }
}
