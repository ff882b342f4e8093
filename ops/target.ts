import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { configOf } from '../lib/config/cdk-json';
import { type Connection, localClients, publishedIn } from './connection';
import { DEFAULT_DATA } from './options';
import type { Queues } from './queues';

/** One installation (deployed or local), and clients for it. */
export interface Target extends Queues {
  readonly s3: S3Client;
  readonly bucket: string;
  /** Whether it is on AWS, where SQS moves messages by itself (StartMessageMoveTask). */
  readonly onAws: boolean;
}

/** The options that name an installation, for `util.parseArgs`. */
export const TARGET_OPTIONS = {
  stack: { type: 'string' },
  local: { type: 'boolean', default: false },
  data: { type: 'string', default: DEFAULT_DATA },
} as const;

export const TARGET_HELP = `  --stack NAME   the stack on AWS (default: stackName of cdk.json; credentials and region as for the AWS CLI)
  --local        the local cloud that \`npm start\` runs, in another terminal
  --data DIR     its data folder (default .local)`;

/** @throws Error that says what is missing and what to do */
export function findTarget(options: {
  stack?: string | undefined;
  local: boolean;
  data: string;
}): Promise<Target> {
  return options.local ? localTarget(options.data) : stackTarget(stackNameOf(options.stack));
}

/** The name of the stack that the options name. */
export function stackNameOf(stack: string | undefined): string {
  return stack ?? configOf(join(__dirname, '../cdk.json')).stackName;
}

async function localTarget(data: string): Promise<Target> {
  const connection = publishedIn(data);
  if (connection) return targetOf(connection);
  throw new Error(`No local cloud runs on ${data}: start it with \`npm start\` in another terminal.`);
}

/** A local cloud. */
export function targetOf({ s3: endpoint, bucket, queueUrl, deadLetterQueueUrl }: Connection): Target {
  return { ...localClients(endpoint), bucket, queueUrl, deadLetterQueueUrl, onAws: false };
}

async function stackTarget(stack: string): Promise<Target> {
  const outputs = await stackOutputs(stack);
  const output = (name: string) => {
    const value = outputs[name];
    if (value) return value;
    throw new Error(
      `Expected an output ${name} of the stack ${stack} but received none: is it a stack of this app? --stack NAME names another.`,
    );
  };
  return {
    sqs: new SQSClient({}),
    s3: new S3Client({}),
    bucket: output('BucketName'),
    queueUrl: output('QueueUrl'),
    deadLetterQueueUrl: output('DeadLetterQueueUrl'),
    onAws: true,
  };
}

/**
 * The outputs of a deployed stack by name; credentials and region come from where the AWS CLI takes them.
 *
 * @throws Error that says how to name the stack if there is none of this name
 */
export async function stackOutputs(stack: string): Promise<Record<string, string>> {
  const client = new CloudFormationClient({});
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stack }));
    const outputs = Stacks?.[0]?.Outputs ?? [];
    return Object.fromEntries(
      outputs.map(({ OutputKey, OutputValue }) => [OutputKey as string, OutputValue as string]),
    );
  } catch (cause) {
    if (!/does not exist/.test((cause as Error).message)) throw cause;
    const region = await client.config.region();
    throw new Error(
      `No stack ${stack} in ${region}: deploy it with \`npx cdk deploy\`, or say which with --stack NAME and AWS_REGION. For the local cloud: --local.`,
      { cause },
    );
  } finally {
    client.destroy();
  }
}
