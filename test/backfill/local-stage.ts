import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { recipeOf } from '../../lambda/thumbnail/model/recipe';
import { type LocalCloud, startLocalCloud } from '../../local/cloud';
import { localClients, publish, publishedOf } from '../../ops/connection';
import { noteRecipe } from '../../ops/recipes';
import { patchTemplate, synthesizeStack } from '../e2e/harness';
import { runCommand, standBefore, startCommand } from '../ops/installation';
import type { Stage } from './scenario';

/** The local cloud, as `npm start` runs it. */
export async function openLocalStage(): Promise<Stage & { readonly data: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'backfill-'));
  const data = join(folder, 'data');
  const log: string[] = [];
  let deployments = 0;
  let cloud: LocalCloud | undefined;
  let clients: { readonly s3: S3Client; readonly sqs: SQSClient } | undefined;
  const stopped = () => cloud?.stop({ drain: false });
  const published = () => publishedOf(cloud as LocalCloud);
  const command = ['--local', '--data', data];

  return {
    data,
    get s3() {
      return (clients as { readonly s3: S3Client }).s3;
    },
    get sqs() {
      return (clients as { readonly sqs: SQSClient }).sqs;
    },
    get bucket() {
      return published().bucket;
    },
    get deadLetterQueueUrl() {
      return published().deadLetterQueueUrl;
    },
    async deploy(settings) {
      await stopped();
      const assembly = join(folder, `cdk.out.${deployments++}`);
      synthesizeStack(assembly, settings);
      patchTemplate(assembly, 'AWS::S3::Bucket', 'Source', { NotificationConfiguration: {} });
      const changed = Date.now();
      cloud = await startLocalCloud({ assembly, data, port: 0, log: line => log.push(line) });
      clients = localClients(cloud.endpoint);
      const { deployed } = published();
      if (deployed) noteRecipe({ recipe: recipeOf(deployed.settings), changed }, data);
      publish(published(), data);
    },
    backfill: (...args) => runCommand('backfill', [...command, ...args]),
    async recorded(onBatch, ...args) {
      const { s3: endpoint } = published();
      const between = await standBefore(endpoint, ({ action, body }) => {
        if (action.endsWith('SendMessageBatch')) onBatch(keysIn(body), running);
        return undefined;
      });
      const connect = (s3: string) => publish({ ...published(), s3 }, data);
      connect(between.url);
      const running = startCommand('backfill', [...command, ...args]);
      const said = running.said.finally(() => {
        between.stop();
        connect(endpoint);
      });
      return { child: running.child, said };
    },
    async stop() {
      await stopped();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The sources that the messages of a SendMessageBatch name. */
export function keysIn(request: string): string[] {
  const { Entries } = JSON.parse(request) as {
    readonly Entries: readonly { readonly MessageBody: string }[];
  };
  return Entries.flatMap(({ MessageBody }) => JSON.parse(MessageBody).Records).map(({ s3 }) =>
    decodeURIComponent(s3.object.key.replaceAll('+', ' ')),
  );
}
