import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';

export interface ThumbnailQueueProps {
  /** Time that the function has for one batch. */
  readonly functionTimeout: Duration;
  /** Encrypts the messages. @default a key of SQS's */
  readonly key?: IKey | undefined;
  /** What becomes of the failures that are kept when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
}

/** After this many deliveries a message is kept in the dead-letter queue. */
const MAX_RECEIVES = 5;

/** The queue between the bucket and the function, and the one that keeps what failed. */
export class ThumbnailQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, props: ThumbnailQueueProps) {
    super(scope, id);

    const common = {
      // Never the AWS-managed KMS key: S3 cannot send to a queue under it.
      ...(props.key
        ? { encryption: QueueEncryption.KMS, encryptionMasterKey: props.key }
        : { encryption: QueueEncryption.SQS_MANAGED }),
      enforceSSL: true,
      // The longest that SQS knows, for both queues: in a dead-letter queue a message's age still counts from when it was
      // first sent, so what waited long in the first queue would be kept the shorter in the second.
      retentionPeriod: Duration.days(14),
    };

    this.deadLetterQueue = new Queue(this, 'DeadLetterQueue', {
      ...common,
      removalPolicy: props.removalPolicy,
    });

    acknowledge(this.deadLetterQueue, {
      'Serverless-SQSRedrivePolicy': 'It is where the redrive policy of the other queue leads.',
    });

    this.queue = new Queue(this, 'Queue', {
      ...common,
      // AWS asks for six times the function's timeout, or a slow batch is delivered twice.
      // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
      visibilityTimeout: Duration.seconds(6 * props.functionTimeout.toSeconds()),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: MAX_RECEIVES },
    });
  }
}
