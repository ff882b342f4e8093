import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
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

    new Rule(this, 'Events', {
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
      targets: [new SqsQueue(queues.queue, { deadLetterQueue: queues.deadLetterQueue })],
    });
  }
}
