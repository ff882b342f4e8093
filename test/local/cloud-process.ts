import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { bundledCommand } from '../support/commands';
import { localConfig } from '../support/local-config';

/** The local cloud as `npm start` runs it, in a process that a test can kill. */
export interface CloudProcess {
  readonly child: ChildProcess;
  readonly bucket: string;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  /** The endpoint of S3 and SQS. */
  readonly url: string;
  /** One try each: an answer is what the test is about. */
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  /** What it has written to stderr. */
  errors(): string;
  /** Ends it with a signal; resolves when it is gone. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/**
 * @param options.limit a command of the shell that limits it, such as `ulimit -f 100`
 * @throws Error with what it wrote when it ends instead of starting
 */
export async function startCloudProcess({
  assembly,
  data,
  limit = 'true',
}: {
  readonly assembly: string;
  readonly data: string;
  readonly limit?: string;
}): Promise<CloudProcess> {
  const command = [...bundledCommand('start'), '--port', '0', '--json'];
  const child = spawn(
    'sh',
    ['-c', `${limit} && exec "$@"`, 'sh', ...command, '--assembly', assembly, '--data', data],
    { env: { ...process.env, NODE_OPTIONS: '' }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let errors = '';
  child.stderr.on('data', text => {
    errors += text;
  });
  const closed = once(child, 'close');
  const lines = createInterface({ input: child.stdout });
  const line = await Promise.race([once(lines, 'line'), closed.then(() => undefined)]);
  if (line === undefined) throw new Error(`The local cloud did not start: ${errors}`);
  const connection = JSON.parse(line[0]);
  const options = { ...localConfig(connection.s3), maxAttempts: 1 };
  const s3 = new S3Client({ ...options, forcePathStyle: true });
  const sqs = new SQSClient(options);
  return {
    child,
    bucket: connection.bucket,
    queueUrl: connection.queueUrl,
    deadLetterQueueUrl: connection.deadLetterQueueUrl,
    url: connection.s3,
    s3,
    sqs,
    errors: () => errors,
    async end(signal) {
      child.kill(signal);
      await closed;
      s3.destroy();
      sqs.destroy();
    },
  };
}
