import { Annotations, CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { type Config, settingsOf, watched } from './config/config';
import { DependencyLayer } from './dependency-layer';
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
    const { bucket } = new SourceBucket(this, 'Source', {
      queue: queues.queue,
      endings: watched(config)?.endings,
      removalPolicy,
    });
    const { architecture } = config;
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
      settings: settingsOf(config),
      layers,
      architecture: Architecture.custom(architecture),
      memoryMiB: config.memoryMiB,
      timeout,
      batchSize: config.batchSize,
      maxConcurrency: config.maxConcurrency,
    });

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
  }
}
