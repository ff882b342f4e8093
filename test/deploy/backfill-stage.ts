import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { keysIn } from '../backfill/local-stage';
import type { Stage } from '../backfill/scenario';
import { runCommand, standBefore, startCommand } from '../ops/installation';
import { HOST_ARCHITECTURE } from '../support/host';
import { openPlayground } from './playground';

const BUCKET = 'of-before';

/** The emulator with a bucket that was there before, and that tells EventBridge nothing. */
export async function openMinistackStage(): Promise<Stage> {
  const cloud = await openPlayground();
  const { environment } = cloud;
  // By its number: a bucket's name before `localhost` is nothing that this machine could find.
  const endpoint = (environment.AWS_ENDPOINT_URL as string).replace('localhost', '127.0.0.1');
  const ca = readFileSync(environment.NODE_EXTRA_CA_CERTS as string);
  const client = {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    requestHandler: { httpsAgent: new Agent({ ca, keepAlive: true }) },
  };
  const [s3, sqs] = [new S3Client(client), new SQSClient(client)];
  const env = { ...environment, AWS_ENDPOINT_URL: endpoint };
  let deadLetterQueueUrl = '';
  await cloud.aws('s3', 'mb', `s3://${BUCKET}`);
  await cloud.cdk(['bootstrap', 'aws://000000000000/us-east-1']);

  return {
    s3,
    sqs,
    bucket: BUCKET,
    get deadLetterQueueUrl() {
      return deadLetterQueueUrl;
    },
    async deploy(settings) {
      const all = { architecture: HOST_ARCHITECTURE, bucketName: BUCKET, ...settings };
      await cloud.cdk(['deploy', '--require-approval', 'never'], all);
      deadLetterQueueUrl = (await cloud.outputs()).DeadLetterQueueUrl as string;
    },
    backfill: (...args) => runCommand('backfill', args, env),
    async recorded(onBatch, ...args) {
      const answer = ({ action, body }: { readonly action: string; readonly body: string }) => {
        if (action.endsWith('SendMessageBatch')) onBatch(keysIn(body), running);
        return undefined;
      };
      const between = await standBefore(endpoint, answer, ca);
      const running = startCommand('backfill', args, { ...env, AWS_ENDPOINT_URL: between.url });
      return { child: running.child, said: running.said.finally(between.stop) };
    },
    async stop() {
      s3.destroy();
      sqs.destroy();
      await cloud.stop();
    },
  };
}
