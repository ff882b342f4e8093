import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { App } from 'aws-cdk-lib';
import sharp from 'sharp';
import { context } from '../../cdk.json';
import { loadConfig } from '../../lib/config/load';
import { MiniaturasStack } from '../../lib/miniaturas-stack';
import { type LocalCloud, startLocalCloud } from '../../local/cloud';
import { HOST_ARCHITECTURE } from '../support/host';
import { localConfig } from '../support/local-config';
import { type Deployed, type Image, objectsOf } from './deployed';

/** The stack in the local cloud, with what only the local cloud can tell. */
export interface Installation extends Deployed {
  readonly cloud: LocalCloud;
  /** Everything that the function and the local cloud said. */
  readonly log: string[];
  /** The local cloud's folder. */
  readonly data: string;
  keys(prefix?: string): Promise<string[]>;
  /** The image under a key, or undefined if there is none. */
  image(key: string): Promise<Image | undefined>;
  /** What the function logged of one outcome: the messages in Lambda's envelopes. */
  outcomes(outcome: string): Record<string, unknown>[];
}

export interface InstallOptions {
  /** Changes the synthesized assembly before it runs. */
  readonly prepare?: (assembly: string) => void;
  /** Given the endpoint, what the function is to use instead. */
  readonly between?: (endpoint: string) => Promise<string>;
}

/** Synthesizes the stack with these settings and runs what came out. */
export async function install(settings: object = {}, options: InstallOptions = {}): Promise<Installation> {
  const folder = mkdtempSync(join(tmpdir(), 'miniaturas-e2e-'));
  const assembly = join(folder, 'cdk.out');
  synthesizeStack(assembly, settings);
  options.prepare?.(assembly);

  const log: string[] = [];
  const cloud = await startLocalCloud({
    ...(options.between && { between: options.between }),
    assembly,
    data: join(folder, 'data'),
    port: 0,
    log: line => log.push(line),
  });
  const s3 = new S3Client(localConfig(cloud.endpoint));
  const sqs = new SQSClient(localConfig(cloud.endpoint));
  const bucket = cloud.outputs.BucketName as string;

  return {
    cloud,
    s3,
    bucket,
    log,
    data: join(folder, 'data'),
    folder: '',
    ...objectsOf({ s3, bucket, folder: '' }),
    async eventually(look) {
      await cloud.drain();
      return look();
    },
    outcomes(outcome) {
      const envelopes = log.flatMap(line => /\{.*\}$/.exec(line)?.[0] ?? []).map(json => JSON.parse(json));
      return envelopes.map(({ message }) => message).filter(message => message?.outcome === outcome);
    },
    async deadLetters() {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: cloud.outputs.DeadLetterQueueUrl,
          MaxNumberOfMessages: 10,
          MessageAttributeNames: ['All'],
        }),
      );
      return Messages.map(({ MessageAttributes: words }) => ({
        key: words?.key?.StringValue,
        reason: words?.reason?.StringValue,
        detail: words?.detail?.StringValue,
      }));
    },
    async stop() {
      s3.destroy();
      sqs.destroy();
      await cloud.stop({ drain: false });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Synthesizes the stack with these settings into a folder, for the CPU of this machine. */
export function synthesizeStack(assembly: string, settings: object = {}): void {
  const miniaturas = { architecture: HOST_ARCHITECTURE, ...settings };
  const app = new App({ outdir: assembly, context: { ...context, miniaturas } });
  new MiniaturasStack(app, 'Miniaturas', { config: loadConfig(app.node) });
  app.synth();
}

/** Changes the properties of the one resource of a type in a synthesized template. */
export function patchTemplate(assembly: string, type: string, id: string, properties: object): void {
  const file = join(assembly, 'Miniaturas.template.json');
  const template = JSON.parse(readFileSync(file, 'utf8')) as {
    Resources: Record<string, { Type: string; Properties: object }>;
  };
  for (const [logicalId, resource] of Object.entries(template.Resources)) {
    if (resource.Type === type && logicalId.includes(id)) Object.assign(resource.Properties, properties);
  }
  writeFileSync(file, JSON.stringify(template));
}

/** Gives the thumbnail function of a synthesized template more variables. */
export function addToEnvironment(assembly: string, variables: Readonly<Record<string, string>>): void {
  const file = join(assembly, 'Miniaturas.template.json');
  const template = JSON.parse(readFileSync(file, 'utf8'));
  for (const { Type, Properties } of Object.values<{ Type: string; Properties: { Environment?: object } }>(
    template.Resources,
  )) {
    if (Type !== 'AWS::Lambda::Function') continue;
    const { Variables = {} } = (Properties.Environment ?? {}) as { Variables?: object };
    Properties.Environment = { Variables: { ...Variables, ...variables } };
  }
  writeFileSync(file, JSON.stringify(template));
}

/** A JPEG of one colour; large enough to need no more than a moment. */
export function photo({ width = 640, height = 480, background = '#336699' } = {}): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background } })
    .jpeg()
    .toBuffer();
}
