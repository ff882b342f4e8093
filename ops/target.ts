import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { SQSClient } from '@aws-sdk/client-sqs';

/** The queues of one installation, and the client that reaches them. */
export interface Target {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
}

/** Options of every command that works on an installation, for `util.parseArgs`. */
export const TARGET_OPTIONS = {
  stack: { type: 'string', default: 'Miniaturas' },
  local: { type: 'boolean', default: false },
  data: { type: 'string', default: '.local' },
} as const;

export const TARGET_HELP = `  --stack NAME   the stack on AWS (default Miniaturas; credentials and region as for the AWS CLI)
  --local        the local cloud that \`npm start\` runs, in another terminal
  --data DIR     its data folder (default .local)`;

/** @throws Error that says what is missing and what to do */
export function findTarget(options: { stack: string; local: boolean; data: string }): Promise<Target> {
  return options.local ? localTarget(options.data) : stackTarget(options.stack);
}

async function localTarget(data: string): Promise<Target> {
  const file = join(data, 'cloud.json');
  if (!existsSync(file))
    throw new Error(`No local cloud runs on ${data}: start it with \`npm start\` in another terminal.`);
  const { s3, queueUrl, deadLetterQueueUrl } = JSON.parse(readFileSync(file, 'utf8'));
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const sqs = new SQSClient({ endpoint: s3, region: 'us-east-1', credentials });
  return { sqs, queueUrl, deadLetterQueueUrl };
}

async function stackTarget(stack: string): Promise<Target> {
  const { QueueUrl: queueUrl, DeadLetterQueueUrl: deadLetterQueueUrl } = await stackOutputs(stack);
  if (!queueUrl || !deadLetterQueueUrl) {
    throw new Error(
      `Expected the outputs QueueUrl and DeadLetterQueueUrl of the stack ${stack}: is it one of ours?`,
    );
  }
  return { sqs: new SQSClient({}), queueUrl, deadLetterQueueUrl };
}

/** The outputs of a deployed stack by name; credentials and region come from where the AWS CLI takes them. */
export async function stackOutputs(stack: string): Promise<Record<string, string>> {
  const { Stacks } = await new CloudFormationClient({}).send(new DescribeStacksCommand({ StackName: stack }));
  const outputs = Stacks?.[0]?.Outputs ?? [];
  return Object.fromEntries(
    outputs.map(({ OutputKey, OutputValue }) => [OutputKey as string, OutputValue as string]),
  );
}
