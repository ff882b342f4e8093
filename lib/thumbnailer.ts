import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  type Architecture,
  type ILayerVersion,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { ENVIRONMENT, type Settings } from '../lambda/thumbnail/model/settings';
import { functionCode } from './bundle/function-code';
import type { ThumbnailQueue } from './thumbnail-queue';

export interface ThumbnailerProps {
  readonly bucket: IBucket;
  readonly queues: ThumbnailQueue;
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

  constructor(scope: Construct, id: string, props: ThumbnailerProps) {
    super(scope, id);
    const { bucket, queues, settings } = props;

    const logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // A role of our own: the one CDK makes may write to every log group.
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);

    this.function = new LambdaFunction(this, 'Function', {
      description: 'Makes thumbnails of the images in the bucket',
      code: functionCode('thumbnail'),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: props.architecture,
      memorySize: props.memoryMiB,
      timeout: props.timeout,
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      layers: [...props.layers],
      environment: {
        [ENVIRONMENT.settings]: JSON.stringify(settings),
        [ENVIRONMENT.bucket]: bucket.bucketName,
        [ENVIRONMENT.deadLetterQueueUrl]: queues.deadLetterQueue.queueUrl,
        // Each thread would keep a heap of its own: some 40 MiB over a burst, for nothing (docs/performance.md).
        MALLOC_ARENA_MAX: '2',
      },
    });

    this.function.addEventSource(
      new SqsEventSource(queues.queue, {
        batchSize: props.batchSize,
        ...(props.batchSize > MAX_BATCH_AT_ONCE && { maxBatchingWindow: Duration.seconds(1) }),
        maxConcurrency: props.maxConcurrency,
        reportBatchItemFailures: true,
      }),
    );

    this.function.addToRolePolicy(
      new PolicyStatement({ actions: ['s3:GetObject'], resources: [bucket.arnForObjects('*')] }),
    );
    // Without it S3 answers 403, not 404, for a source that is gone.
    this.function.addToRolePolicy(
      new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }),
    );
    this.function.addToRolePolicy(
      new PolicyStatement({
        actions: ['s3:PutObject', 's3:DeleteObject'],
        resources: [...new Set(settings.variants.map(({ prefix }) => bucket.arnForObjects(`${prefix}*`)))],
      }),
    );
    bucket.encryptionKey?.grantEncryptDecrypt(role);
    queues.deadLetterQueue.grantSendMessages(role);
  }
}
