import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Ministack, startMinistack } from './ministack';
import { command, PYTHON, ROOT } from './shell';

/** One resource of a deployed stack. */
export interface StackResource {
  readonly type: string;
  readonly name: string;
}

/** A cloud to deploy to, and the ordinary tools that work on it. */
export interface Playground {
  /** Runs the CDK CLI with these settings of the app (this project's, unless another folder is named). @returns what it printed */
  cdk(args: readonly string[], settings?: object, app?: string): Promise<string>;
  /** Runs the AWS CLI. @returns what it printed */
  aws(...args: readonly string[]): Promise<string>;
  /** Runs a program of the project's with the credentials of the cloud. */
  run(program: string, ...args: readonly string[]): Promise<string>;
  /** Uploads files with boto3. */
  boto3(bucket: string, folder: string, files: readonly string[]): Promise<string>;
  outputs(stack?: string): Promise<Record<string, string>>;
  resources(): Promise<StackResource[]>;
  keys(bucket: string): Promise<string[]>;
  /** The keys of a bucket once there are as many as wanted. @throws Error with the emulator's log after 30 s */
  keysOnceThereAre(count: number, bucket: string): Promise<string[]>;
  /** The keys of a bucket once they are as wanted. @throws Error with the emulator's log after 30 s */
  keysOnce(wanted: (keys: readonly string[]) => boolean, bucket: string): Promise<string[]>;
  /** A message of a queue once there is one, visible again at once. @throws Error after 30 s */
  messageIn(queueUrl: string): Promise<string>;
  /** A folder for files, gone at the end. */
  readonly folder: string;
  /** What the AWS CLI, CDK and the SDKs need to work on it. */
  readonly environment: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

const PATIENCE = 30_000;
const PAUSE = 250;

export async function openPlayground(): Promise<Playground> {
  const ministack: Ministack = await startMinistack();
  const folder = mkdtempSync(join(tmpdir(), 'miniaturas-deploy-'));
  const endpoint = ministack.environment.AWS_ENDPOINT_URL as string;
  const options = { env: ministack.environment, moreOnFailure: ministack.logTail };
  const run = (program: string, ...args: readonly string[]) => command(program, args, options);
  // Debian's AWS CLI is older than AWS_ENDPOINT_URL.
  const aws = (...args: readonly string[]) => run('aws', '--endpoint-url', endpoint, ...args);

  async function keys(bucket: string): Promise<string[]> {
    const answer = await aws('s3api', 'list-objects-v2', '--bucket', bucket, '--output', 'json');
    const { Contents = [] } = JSON.parse(answer || '{}') as { Contents?: { Key: string }[] };
    return Contents.map(({ Key }) => Key);
  }

  async function keysOnce(wanted: (keys: readonly string[]) => boolean, bucket: string): Promise<string[]> {
    const end = Date.now() + PATIENCE;
    for (;;) {
      const seen = await keys(bucket);
      if (wanted(seen)) return seen;
      if (Date.now() > end)
        throw new Error(
          `Expected other objects in the bucket than ${seen.join(', ')}\n${ministack.logTail()}`,
        );
      await setTimeout(PAUSE);
    }
  }

  return {
    folder,
    environment: ministack.environment,
    run,
    aws,
    keys,
    boto3: (bucket, to, files) => run(PYTHON as string, 'test/deploy/drop.py', bucket, to, ...files),
    cdk(args, settings = {}, app = ROOT) {
      const context = Object.entries(settings).flatMap(([name, value]) => [
        '-c',
        `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
      ]);
      const cli = join(ROOT, 'node_modules/.bin/cdk');
      return command(cli, [...args, '-o', join(folder, 'cdk.out'), ...context], { ...options, cwd: app });
    },
    async outputs(stack = 'Miniaturas') {
      const query = 'Stacks[0].Outputs';
      const answer = await aws(
        ...['cloudformation', 'describe-stacks', '--stack-name', stack],
        ...['--query', query, '--output', 'json'],
      );
      const outputs = JSON.parse(answer) as { OutputKey: string; OutputValue: string }[];
      return Object.fromEntries(outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
    },
    async resources() {
      const answer = await aws(
        ...['cloudformation', 'describe-stack-resources', '--stack-name', 'Miniaturas'],
        ...['--query', 'StackResources[].{type: ResourceType, name: PhysicalResourceId}', '--output', 'json'],
      );
      return JSON.parse(answer) as StackResource[];
    },
    keysOnce,
    keysOnceThereAre: (count, bucket) => keysOnce(seen => seen.length >= count, bucket),
    async messageIn(queueUrl) {
      const end = Date.now() + PATIENCE;
      for (;;) {
        const receive = ['sqs', 'receive-message', '--queue-url', queueUrl, '--visibility-timeout', '0'];
        const answer = await aws(...receive, '--wait-time-seconds', '5', '--output', 'json');
        const { Messages = [] } = JSON.parse(answer || '{}') as { Messages?: { Body: string }[] };
        if (Messages[0]) return Messages[0].Body;
        if (Date.now() > end) throw new Error(`Expected a message in ${queueUrl}.\n${ministack.logTail()}`);
      }
    },
    async stop() {
      await ministack.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A resource's policy, as JSON, that lets a service of AWS do something with it. */
export function lets(service: string, action: string, resource: string): string {
  const statement = { Effect: 'Allow', Principal: { Service: service }, Action: action, Resource: resource };
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}
