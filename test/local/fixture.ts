import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { type LocalCloud, startLocalCloud } from '../../local/cloud';
import type { CloudOptions } from '../../local/services';
import { localConfig } from '../support/local-config';

/** What a test changes in the small template that {@link startFixture} runs. */
export interface FixtureOptions {
  /** The body of `exports.handler = async (event, context) => { … }`; `record(value)` keeps a value for the test. */
  readonly handler?: string;
  readonly notifications?: readonly {
    readonly event: string;
    readonly prefix?: string;
    readonly suffix?: string;
  }[];
  readonly queue?: Readonly<Record<string, unknown>>;
  readonly function?: Readonly<Record<string, unknown>>;
  readonly mapping?: Readonly<Record<string, unknown>>;
  readonly resources?: Readonly<Record<string, unknown>>;
  readonly maxReceiveCount?: number;
  readonly environment?: Readonly<Record<string, unknown>>;
  readonly existingBuckets?: CloudOptions['existingBuckets'];
}

export interface Fixture {
  cloud: LocalCloud;
  s3: S3Client;
  sqs: SQSClient;
  readonly bucket: string;
  readonly log: string[];
  /** What the handler recorded, in order. */
  records<T>(): T[];
  /** The messages that reached the function, in order, S3's test event left out. */
  received(): SQSEvent['Records'];
  /** Stops the cloud and starts it again on the same data. */
  restart(options?: { readonly drain?: boolean }): Promise<void>;
  stop(): Promise<void>;
}

/** Runs a small template: bucket → queue (→ dead-letter queue) → function with a layer. */
export async function startFixture(options: FixtureOptions = {}): Promise<Fixture> {
  const folder = mkdtempSync(join(tmpdir(), 'local-cloud-'));
  const recordFile = join(folder, 'records.jsonl');
  writeFileSync(recordFile, '');
  writeAssembly(join(folder, 'cdk.out'), recordFile, options);
  const log: string[] = [];
  const start = () =>
    startLocalCloud({
      assembly: join(folder, 'cdk.out'),
      data: join(folder, 'data'),
      port: 0,
      ...(options.existingBuckets && { existingBuckets: options.existingBuckets }),
      log: line => log.push(line),
    });

  const cloud = await start();
  const records = <T>() =>
    readFileSync(recordFile, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line) as T);
  const fixture: Fixture = {
    cloud,
    ...clientsOf(cloud),
    bucket: cloud.outputs.BucketName ?? '',
    log,
    records,
    received: () =>
      records<SQSEvent>()
        .flatMap(({ Records = [] }) => Records)
        .filter(({ body }) => !body.includes('s3:TestEvent')),
    async restart(stopOptions) {
      await fixture.cloud.stop(stopOptions);
      fixture.cloud = await start();
      Object.assign(fixture, clientsOf(fixture.cloud));
    },
    async stop() {
      await fixture.cloud.stop({ drain: false });
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return fixture;
}

function clientsOf({ endpoint }: LocalCloud): { readonly s3: S3Client; readonly sqs: SQSClient } {
  const config = localConfig(endpoint);
  return { s3: new S3Client({ ...config, forcePathStyle: true }), sqs: new SQSClient(config) };
}

/** Writes the small template as `cdk synth` would; its handler records into a file. */
export function writeAssembly(folder: string, recordFile: string, options: FixtureOptions): void {
  const {
    handler = 'record(event);',
    notifications = [{ event: 's3:ObjectCreated:*' }, { event: 's3:ObjectRemoved:*' }],
  } = options;
  write(
    join(folder, 'asset.code/index.js'),
    `const { appendFileSync } = require('node:fs');
     const record = value => appendFileSync(process.env.RECORDS, JSON.stringify(value) + '\\n');
     exports.handler = async (event, context) => { ${handler} };`,
  );
  write(
    join(folder, 'asset.layer/nodejs/node_modules/greeting/index.js'),
    `module.exports = 'hello from the layer';`,
  );
  const asset = (name: string) => ({
    S3Bucket: { 'Fn::Join': ['-', ['assets', { Ref: 'AWS::AccountId' }]] },
    S3Key: `${name}.zip`,
  });
  const template = {
    Resources: {
      Bucket: {
        Type: 'AWS::S3::Bucket',
        Properties: {
          NotificationConfiguration: {
            QueueConfigurations: notifications.map(({ event, prefix, suffix }) => ({
              Event: event,
              Queue: { 'Fn::GetAtt': ['Queue', 'Arn'] },
              Filter: {
                S3Key: {
                  Rules: [
                    ...(prefix ? [{ Name: 'prefix', Value: prefix }] : []),
                    ...(suffix ? [{ Name: 'suffix', Value: suffix }] : []),
                  ],
                },
              },
            })),
          },
        },
      },
      DeadLetterQueue: { Type: 'AWS::SQS::Queue' },
      Queue: {
        Type: 'AWS::SQS::Queue',
        Properties: {
          VisibilityTimeout: 1,
          RedrivePolicy: {
            deadLetterTargetArn: { 'Fn::GetAtt': ['DeadLetterQueue', 'Arn'] },
            maxReceiveCount: options.maxReceiveCount ?? 2,
          },
          ...options.queue,
        },
      },
      Role: { Type: 'AWS::IAM::Role', Properties: {} },
      Layer: {
        Type: 'AWS::Lambda::LayerVersion',
        Properties: { Content: asset('layer'), CompatibleArchitectures: [architecture()] },
      },
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          Code: asset('code'),
          Handler: 'index.handler',
          Runtime: 'nodejs24.x',
          Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
          Architectures: [architecture()],
          Layers: [{ Ref: 'Layer' }],
          Timeout: 10,
          Environment: {
            Variables: {
              RECORDS: recordFile,
              QUEUE: { Ref: 'Queue' },
              BUCKET: { Ref: 'Bucket' },
              ...options.environment,
            },
          },
          ...options.function,
        },
      },
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
          FunctionName: { Ref: 'Function' },
          BatchSize: 10,
          FunctionResponseTypes: ['ReportBatchItemFailures'],
          Enabled: true,
          ...options.mapping,
        },
      },
      ...options.resources,
    },
    Outputs: {
      BucketName: { Value: { Ref: 'Bucket' } },
      QueueUrl: { Value: { Ref: 'Queue' } },
      DeadLetterQueueUrl: { Value: { Ref: 'DeadLetterQueue' } },
    },
  };
  const files = Object.fromEntries(
    ['code', 'layer'].map(name => [
      name,
      {
        source: { path: `asset.${name}`, packaging: 'zip' },
        destinations: { here: { objectKey: `${name}.zip` } },
      },
    ]),
  );
  write(join(folder, 'Fixture.template.json'), JSON.stringify(template));
  write(
    join(folder, 'manifest.json'),
    JSON.stringify({ artifacts: { Fixture: { type: 'aws:cloudformation:stack' } } }),
  );
  write(join(folder, 'Fixture.assets.json'), JSON.stringify({ version: '48.0.0', files }));
}

function architecture(): string {
  return process.arch === 'arm64' ? 'arm64' : 'x86_64';
}

function write(file: string, content: string): void {
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, content);
}
