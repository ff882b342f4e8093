import { Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { ThumbnailQueue } from './thumbnail-queue';

export interface ExistingBucketProps {
  readonly bucketName: string;
  /** The KMS key of its default encryption, if it has one. */
  readonly keyArn?: string | undefined;
  readonly queues: ThumbnailQueue;
  /** Folders of the thumbnails, of which nothing is announced. */
  readonly prefixes: readonly string[];
}

/**
 * A bucket that somebody else made. Nothing of it is configured here: a rule of EventBridge, which the bucket's owner turns on
 * for it, feeds the queue.
 */
export class ExistingBucket extends Construct {
  readonly bucket: IBucket;

  constructor(scope: Construct, id: string, { bucketName, keyArn, queues, prefixes }: ExistingBucketProps) {
    super(scope, id);

    this.bucket = Bucket.fromBucketAttributes(this, 'Bucket', {
      bucketName,
      ...(keyArn !== undefined && { encryptionKey: Key.fromKeyArn(this, 'Key', keyArn) }),
    });

    const { queue, deadLetterQueue } = queues;
    const rule = new Rule(this, 'Events', {
      description:
        'Tells the thumbnail queue what comes, changes and goes in the bucket, thumbnails left out',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created', 'Object Deleted'],
        detail: {
          bucket: { name: [bucketName] },
          // An extension cannot be asked for as well: of two matchers on one field either is enough. The function asks.
          object: { key: [{ 'anything-but': { prefix: [...new Set(prefixes)] } }] },
        },
      },
      // What EventBridge could not deliver for a day is an event like others: it can be sent back from where failures are.
      targets: [
        { bind: () => ({ arn: queue.queueArn, deadLetterConfig: { arn: deadLetterQueue.queueArn } }) },
      ],
    });
    // Not by CDK's target for queues: it lets all rules of the account send to queues that have a key.
    for (const target of [queue, deadLetterQueue]) {
      target.addToResourcePolicy(
        new PolicyStatement({
          principals: [new ServicePrincipal('events.amazonaws.com')],
          actions: ['sqs:SendMessage'],
          resources: [target.queueArn],
          conditions: { ArnEquals: { 'aws:SourceArn': rule.ruleArn } },
        }),
      );
    }
  }
}
