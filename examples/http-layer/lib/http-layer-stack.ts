import { join } from 'node:path';
import { CfnOutput, CfnParameter, Stack, type StackProps } from 'aws-cdk-lib';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Architecture } from '../../../layers/architecture';
import { DependencyLayer } from '../../../lib/dependency-layer';
import { ENVIRONMENT as FETCH_IMAGE } from '../lambda/fetch-image/environment';
import { ENVIRONMENT as GET_JSON } from '../lambda/get-json/environment';
import { HttpFunction } from './http-function';

export interface HttpLayerStackProps extends StackProps {
  readonly architecture: Architecture;
  /** Folders of the bucket that nothing may be fetched into: each ends with a slash. */
  readonly thumbnailPrefixes: readonly string[];
}

/** One layer with an HTTP client, and two functions that share it. */
export class HttpLayerStack extends Stack {
  constructor(scope: Construct, id: string, props: HttpLayerStackProps) {
    const { architecture, thumbnailPrefixes, ...stackProps } = props;
    super(scope, id, { description: 'Two functions that share an HTTP client in a layer', ...stackProps });

    const url = new CfnParameter(this, 'Url', {
      description: 'What GetJson asks for',
      default: 'https://api.github.com',
      allowedPattern: '^https://.+$',
    });
    const bucketName = new CfnParameter(this, 'BucketName', {
      description: 'Where FetchImage puts images: the output of this name of stack Miniaturas',
    });

    const layer = new DependencyLayer(this, 'Layer', {
      name: 'http',
      architecture,
      root: join(__dirname, '../layers'),
    });

    const getJson = new HttpFunction(this, 'GetJson', {
      description: 'Answers with the JSON of a configured URL',
      folder: 'get-json',
      layer,
      architecture,
      environment: { [GET_JSON.url]: url.valueAsString },
    });

    const bucket = Bucket.fromBucketName(this, 'Bucket', bucketName.valueAsString);
    const fetchImage = new HttpFunction(this, 'FetchImage', {
      description: 'Fetches the image of a URL into the bucket: { "url": "https://…", "key": "…" }',
      folder: 'fetch-image',
      layer,
      architecture,
      environment: {
        [FETCH_IMAGE.bucket]: bucket.bucketName,
        [FETCH_IMAGE.thumbnailPrefixes]: JSON.stringify(thumbnailPrefixes),
      },
    });
    const actions = ['s3:PutObject'];
    const thumbnails = thumbnailPrefixes.map(prefix => bucket.arnForObjects(`${prefix}*`));
    for (const statement of [
      new PolicyStatement({ actions, resources: [bucket.arnForObjects('*')] }),
      new PolicyStatement({ effect: Effect.DENY, actions, resources: thumbnails }),
    ]) {
      fetchImage.function.addToRolePolicy(statement);
    }

    new CfnOutput(this, 'GetJsonName', { value: getJson.function.functionName });
    new CfnOutput(this, 'FetchImageName', { value: fetchImage.function.functionName });
  }
}
