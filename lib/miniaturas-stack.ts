import { Annotations, CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { recipeOf } from '../lambda/thumbnail/model/recipe';
import { type Config, settingsOf, watched } from './config/config';
import { DependencyLayer } from './dependency-layer';
import { ExistingBucket } from './existing-bucket';
import { RecipeParameter } from './recipe';
import { Repair, type RepairProps } from './repair';
import { SourceBucket } from './source-bucket';
import { ThumbnailQueue } from './thumbnail-queue';
import { Thumbnailer } from './thumbnailer';

export interface MiniaturasStackProps extends StackProps {
  readonly config: Config;
}

/** The bucket that makes thumbnails of what is dropped into it. */
export class MiniaturasStack extends Stack {
  constructor(scope: Construct, id: string, { config, ...props }: MiniaturasStackProps) {
    super(scope, id, { description: 'Thumbnails of the images in an S3 bucket', ...props });

    const timeout = Duration.seconds(config.timeoutSeconds);
    const removalPolicy = config.removalPolicy === 'destroy' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN;

    const queues = new ThumbnailQueue(this, 'Queues', { functionTimeout: timeout, removalPolicy });
    const bucket = this.bucketOf(config, queues, removalPolicy);
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
      maker: thumbnailer,
    });

    if (config.repair !== undefined) {
      const { repair } = config;
      this.addRepair({
        repair,
        bucket,
        queues,
        settings,
        recipe,
        architecture: Architecture.custom(architecture),
      });
    }

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
  }

  private addRepair(props: RepairProps): void {
    const { stateMachine } = new Repair(this, 'Repair', props);
    new CfnOutput(this, 'RepairStateMachineArn', {
      value: stateMachine.stateMachineArn,
      description: 'A run by hand: aws stepfunctions start-execution --state-machine-arn <this>',
    });
  }

  private bucketOf(config: Config, queues: ThumbnailQueue, removalPolicy: RemovalPolicy): IBucket {
    const { bucketName, bucketKeyArn: keyArn, eventBridge, variants } = config;
    if (bucketName !== undefined) {
      const prefixes = variants.map(({ prefix }) => prefix);
      return new ExistingBucket(this, 'Source', { bucketName, keyArn, queues, prefixes }).bucket;
    }
    const endings = watched(config)?.endings;
    const { queue } = queues;
    return new SourceBucket(this, 'Source', { queue, endings, eventBridge, removalPolicy }).bucket;
  }
}
