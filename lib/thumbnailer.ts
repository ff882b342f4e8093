import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Architecture, ILayerVersion, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { ENVIRONMENT, type Settings } from '../lambda/thumbnail/model/settings';
import { acknowledge, acknowledgeWildcards } from './acknowledge';
import { functionCode } from './bundle/function-code';
import { loggedFunction } from './logged-function';
import type { ThumbnailQueue } from './thumbnail-queue';

export interface ThumbnailerProps {
  readonly bucket: IBucket;
  readonly queues: ThumbnailQueue;
  /** Encrypts the log, and what is in the queues. @default keys of AWS's */
  readonly key?: IKey | undefined;
  /** What the function is to do. */
  readonly settings: Settings;
  /** What the bundle leaves out: sharp for `architecture`, and ImageMagick if the settings say so. */
  readonly layers: readonly ILayerVersion[];
  readonly architecture: Architecture;
  readonly memoryMiB: number;
  /** Time for one batch. */
  readonly timeout: Duration;
  /** Messages a batch, at most. */
  readonly batchSize: number;
  /** Functions running at once, at most. */
  readonly maxConcurrency: number;
}

/** Larger batches must be waited for: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
const MAX_BATCH_AT_ONCE = 10;

/** The thumbnail function, fed by the queue, with no more rights than its work needs. */
export class Thumbnailer extends Construct {
  readonly function: LambdaFunction;
  /** Takes messages from the queue to the function. */
  readonly eventSource: SqsEventSource;

  constructor(scope: Construct, id: string, props: ThumbnailerProps) {
    super(scope, id);
    const { bucket, queues, settings } = props;

    const { fn, role } = loggedFunction(this, {
      key: props.key,
      description: 'Makes thumbnails of the images in the bucket',
      code: functionCode('thumbnail'),
      architecture: props.architecture,
      memorySize: props.memoryMiB,
      timeout: props.timeout,
      layers: [...props.layers],
      environment: {
        [ENVIRONMENT.settings]: JSON.stringify(settings),
        [ENVIRONMENT.bucket]: bucket.bucketName,
        [ENVIRONMENT.deadLetterQueueUrl]: queues.deadLetterQueue.queueUrl,
        // Each thread would keep a heap of its own: some 40 MiB over a burst, for nothing (docs/performance.md).
        MALLOC_ARENA_MAX: '2',
      },
    });
    this.function = fn;

    acknowledge(this.function, {
      'Serverless-LambdaDLQ':
        'It is for asynchronous calls. The queue has a dead-letter queue for its messages.',
      'Serverless-LambdaEventSourceMappingDestination':
        'Lambda has it for streams. The queue has a dead-letter queue.',
      'Serverless-LambdaTracing':
        'X-Ray would need a right on every resource; the log has a line for each source, with its time and outcome.',
    });

    this.eventSource = new SqsEventSource(queues.queue, {
      batchSize: props.batchSize,
      ...(props.batchSize > MAX_BATCH_AT_ONCE && { maxBatchingWindow: Duration.seconds(1) }),
      maxConcurrency: props.maxConcurrency,
      reportBatchItemFailures: true,
    });
    this.function.addEventSource(this.eventSource);

    const everyObject = bucket.arnForObjects('*');
    this.function.addToRolePolicy(
      new PolicyStatement({ actions: ['s3:GetObject'], resources: [everyObject] }),
    );
    // Without it S3 answers 403, not 404, for a source that is gone.
    this.function.addToRolePolicy(
      new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }),
    );
    const thumbnails = [
      ...new Set(settings.variants.map(({ prefix }) => bucket.arnForObjects(`${prefix}*`))),
    ];
    this.function.addToRolePolicy(
      new PolicyStatement({ actions: ['s3:PutObject', 's3:DeleteObject'], resources: thumbnails }),
    );
    acknowledgeWildcards(role, [everyObject], 'A source may lie anywhere in the bucket.');
    acknowledgeWildcards(role, thumbnails, 'Thumbnails lie anywhere below the folders of their variants.');
    this.function.addToRolePolicy(
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [queues.deadLetterQueue.queueArn] }),
    );
    // What S3 and SQS ask for to read and to write; CDK's grants give more.
    for (const key of new Set([bucket.encryptionKey, props.key]))
      key?.grant(role, 'kms:Decrypt', 'kms:GenerateDataKey');
  }
}
