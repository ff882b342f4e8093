import { Annotations, CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { recipeOf } from '../lambda/thumbnail/model/recipe';
import { Alarms } from './alarms';
import { Brake } from './brake';
import { type Config, settingsOf, watched } from './config/config';
import { ratesOf, spendLimit } from './cost/spend';
import { Dashboard } from './dashboard';
import { DependencyLayer } from './dependency-layer';
import { EncryptionKey } from './encryption-key';
import { ExistingBucket } from './existing-bucket';
import { LogQueries } from './log-queries';
import { RecipeParameter } from './recipe';
import { Repair, type RepairProps } from './repair';
import { SourceBucket, type SourceBucketProps } from './source-bucket';
import { ThumbnailQueue } from './thumbnail-queue';
import { Thumbnailer } from './thumbnailer';

export interface MiniaturasStackProps extends StackProps {
  readonly config: Config;
  /** What is deployed, for `npm run status`. @default not told */
  readonly version?: string;
}

/** What is watched, and what encrypts what is told of it. */
interface Watched {
  readonly queues: ThumbnailQueue;
  readonly thumbnailer: Thumbnailer;
  readonly repair: StateMachine | undefined;
  readonly key: IKey | undefined;
}

/** The bucket that makes thumbnails of what is dropped into it. */
export class MiniaturasStack extends Stack {
  constructor(scope: Construct, id: string, { config, version, ...props }: MiniaturasStackProps) {
    super(scope, id, { description: 'Thumbnails of the images in an S3 bucket', ...props });

    const timeout = Duration.seconds(config.timeoutSeconds);
    const removalPolicy = config.removalPolicy === 'destroy' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN;

    const key = this.keyOf(config, removalPolicy);
    const queues = new ThumbnailQueue(this, 'Queues', { functionTimeout: timeout, removalPolicy, key });
    const bucket = this.bucketOf(config, queues, { removalPolicy, key });
    const { architecture } = config;
    const settings = settingsOf(config);
    // A second stack of this app in the account has a name of its own, and so have its layers' parameters.
    const common = { architecture, namespace: this.stackName.toLowerCase() };
    const sharpLayer = new DependencyLayer(this, 'SharpLayer', { name: 'sharp', ...common });
    const layers = [sharpLayer];
    if (config.otherFormats) {
      layers.push(new DependencyLayer(this, 'MagickLayer', { name: 'magick', ...common }));
    }
    const thumbnailer = new Thumbnailer(this, 'Thumbnailer', {
      bucket,
      queues,
      key,
      settings,
      layers,
      architecture: Architecture.custom(architecture),
      memoryMiB: config.memoryMiB,
      timeout,
      batchSize: config.batchSize,
      maxConcurrency: config.maxConcurrency,
    });

    const { parameter: recipe } = new RecipeParameter(this, 'Recipe', {
      recipe: recipeOf(settings),
      namespace: common.namespace,
      maker: thumbnailer,
    });

    const repair = this.repairOf(config, {
      bucket,
      queues,
      key,
      settings,
      recipe,
      architecture: Architecture.custom(architecture),
    });
    this.watch(config, { queues, thumbnailer, repair, key });

    for (const note of config.notes) Annotations.of(this).addWarningV2('miniaturas:noEffect', note);

    new CfnOutput(this, 'BucketName', { value: bucket.bucketName, description: 'Drop images here' });
    new CfnOutput(this, 'QueueUrl', { value: queues.queue.queueUrl });
    new CfnOutput(this, 'DeadLetterQueueUrl', {
      value: queues.deadLetterQueue.queueUrl,
      description: 'What could not become a thumbnail, and why',
    });
    new CfnOutput(this, 'FunctionName', { value: thumbnailer.function.functionName });
    new CfnOutput(this, 'LogGroupName', {
      value: thumbnailer.function.logGroup.logGroupName,
      description: 'One line for each image: aws logs tail <this> --follow',
    });
    new CfnOutput(this, 'LayerArn', { value: sharpLayer.layerVersionArn });
    new CfnOutput(this, 'RecipeParameter', { value: recipe.parameterName });
    if (version !== undefined) new CfnOutput(this, 'Version', { value: version });
  }

  /** Alarms, dashboard and saved queries: nothing of it is in the way of an image. */
  private watch(config: Config, { queues, thumbnailer, repair, key }: Watched): void {
    const { alarms, dashboard } = config;
    const watched = { queues, function: thumbnailer.function };
    new LogQueries(this, 'Queries', { logGroup: thumbnailer.function.logGroup, folder: this.stackName });
    if (dashboard) {
      const { dashboardName } = new Dashboard(this, 'Dashboard', { ...watched, rates: ratesOf(config) });
      new CfnOutput(this, 'DashboardName', { value: dashboardName });
    }
    if (alarms === false) return;
    const { email, topicArn, brake } = alarms;
    const { spend, topic } = new Alarms(this, 'Alarms', {
      ...watched,
      timeout: Duration.seconds(config.timeoutSeconds),
      spendLimit: spendLimit(config),
      repair,
      email,
      topicArn,
      key,
    });
    if (brake) new Brake(this, 'Brake', { alarm: spend, eventSource: thumbnailer.eventSource });
    new CfnOutput(this, 'AlarmTopicArn', {
      value: topic.topicArn,
      description: 'Told of alarms: subscribe to it',
    });
  }

  private repairOf({ repair }: Config, props: Omit<RepairProps, 'repair'>): StateMachine | undefined {
    if (repair === undefined) return undefined;
    const { stateMachine } = new Repair(this, 'Repair', { ...props, repair });
    new CfnOutput(this, 'RepairStateMachineArn', {
      value: stateMachine.stateMachineArn,
      description: 'A run by hand: aws stepfunctions start-execution --state-machine-arn <this>',
    });
    return stateMachine;
  }

  private keyOf(config: Config, removalPolicy: RemovalPolicy): IKey | undefined {
    const { encryptionKey, bucketName, alarms } = config;
    if (encryptionKey === undefined) return undefined;
    const senders = [
      bucketName === undefined ? 's3.amazonaws.com' : 'events.amazonaws.com',
      ...(alarms !== false && alarms.topicArn === undefined ? ['cloudwatch.amazonaws.com'] : []),
    ];
    return new EncryptionKey(this, 'Encryption', { encryptionKey, senders, removalPolicy }).key;
  }

  private bucketOf(
    config: Config,
    queues: ThumbnailQueue,
    own: Pick<SourceBucketProps, 'removalPolicy' | 'key'>,
  ): IBucket {
    const { bucketName, bucketKeyArn: keyArn, eventBridge, variants } = config;
    if (bucketName !== undefined) {
      const prefixes = variants.map(({ prefix }) => prefix);
      return new ExistingBucket(this, 'Source', { bucketName, keyArn, queues, prefixes }).bucket;
    }
    const endings = watched(config)?.endings;
    const { queue } = queues;
    return new SourceBucket(this, 'Source', { queue, endings, eventBridge, ...own }).bucket;
  }
}
