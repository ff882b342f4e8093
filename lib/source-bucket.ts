import { Aws, type RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  type IBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';

export interface SourceBucketProps {
  /** Told of every source that comes, changes or goes. */
  readonly queue: Queue;
  /** What the keys of the sources to announce end in, such as `.jpg`; S3 compares case. @default all keys */
  readonly endings?: readonly string[] | undefined;
  /** Whether EventBridge is told too, of every object. */
  readonly eventBridge: boolean;
  /** Encrypts the objects. @default a key of S3's */
  readonly key?: IKey | undefined;
  /** What becomes of the bucket when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
}

/** A bucket of the stack's own, that images are dropped into and thumbnails appear in. */
export class SourceBucket extends Construct {
  readonly bucket: IBucket;

  constructor(scope: Construct, id: string, props: SourceBucketProps) {
    super(scope, id);

    const bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      // With a bucket key S3 asks KMS for a key once in a while, not once an object.
      ...(props.key
        ? { encryption: BucketEncryption.KMS, encryptionKey: props.key, bucketKeyEnabled: true }
        : { encryption: BucketEncryption.S3_MANAGED }),
      enforceSSL: true,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy: props.removalPolicy,
    });

    acknowledge(bucket, {
      'AwsSolutions-S1':
        'CloudTrail tells who read and wrote what without a second bucket; a bucket that logs can be taken by bucketName.',
    });

    // Set on the bucket itself: the L2 way would add a function of CDK's that may reconfigure every bucket.
    const notifications = bucket.node.defaultChild as CfnBucket;
    notifications.notificationConfiguration = {
      queueConfigurations: rules(props),
      ...(props.eventBridge && { eventBridgeConfiguration: { eventBridgeEnabled: true } }),
    };
    props.queue.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('s3.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [props.queue.queueArn],
        // By account, not by bucket: the bucket needs this policy before it can be made.
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    // S3 tries the queue when the bucket is made; the queue's policy must be in force by then.
    bucket.node.addDependency(props.queue);
    // CDK's own types do not agree under exactOptionalPropertyTypes.
    this.bucket = bucket as IBucket;
  }
}

/**
 * S3 takes one suffix a rule, and 100 rules a bucket. Deletions come without a filter, one rule for all: a rule for each
 * ending would leave no room for half of the endings.
 */
function rules({ queue, endings }: SourceBucketProps): CfnBucket.QueueConfigurationProperty[] {
  const created = { event: 's3:ObjectCreated:*', queue: queue.queueArn };
  const filtered = endings?.map(ending => ({
    ...created,
    filter: { s3Key: { rules: [{ name: 'suffix', value: ending }] } },
  }));
  return [
    ...(filtered ?? [created]),
    { event: 's3:ObjectRemoved:*', queue: queue.queueArn },
    { event: 's3:LifecycleExpiration:*', queue: queue.queueArn },
  ];
}
