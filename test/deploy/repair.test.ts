import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Totals } from '../../lambda/repair/totals';
import { runnableBlocks } from '../docs/page';
import { photo } from '../e2e/harness';
import { HOST_ARCHITECTURE } from '../support/host';
import { requires } from '../support/requires';
import { openPlayground, type Playground } from './playground';
import { PYTHON } from './shell';

const DEPLOY = ['deploy', '--require-approval', 'never'];
const WITHOUT = { architecture: HOST_ARCHITECTURE, extensions: ['jpg'] };
const WITH = { ...WITHOUT, repair: { schedule: 'rate(1 minute)' } };

/** In ms: a minute until the schedule is due, and the emulator looks at its schedules every ten seconds. */
const PATIENCE = 150_000;

/** The tests are the life of one stack, which gets a repair when it is needed. */
requires(PYTHON, 'MINIATURAS_PYTHON (of a venv with test/deploy/requirements.txt)').describe(
  'a repair on an emulator made by others',
  () => {
    jest.setTimeout(240_000);
    let cloud: Playground;
    let bucket: string;
    let stateMachine: string;

    beforeAll(async () => {
      cloud = await openPlayground();
      await cloud.cdk(['bootstrap', 'aws://000000000000/us-east-1']);
      await cloud.cdk(DEPLOY, WITHOUT);
      const outputs = (await cloud.outputs()) as { BucketName: string; DeadLetterQueueUrl: string };
      bucket = outputs.BucketName;
      const [image, text] = [join(cloud.folder, 'image'), join(cloud.folder, 'text')];
      writeFileSync(image, await photo());
      writeFileSync(text, 'no image');
      const put = (file: string, key: string) => cloud.aws('s3', 'cp', file, `s3://${bucket}/${key}`);

      await put(image, 'gone.jpg');
      await put(text, 'broken.jpg');
      await cloud.keysOnceThereAre(3, bucket);
      await cloud.messageIn(outputs.DeadLetterQueueUrl);
      // From here on nobody is told of anything.
      await cloud.aws(
        ...['s3api', 'put-bucket-notification-configuration', '--bucket', bucket],
        ...['--notification-configuration', '{}'],
      );
      await cloud.aws('s3', 'rm', `s3://${bucket}/gone.jpg`);
      for (const key of ['a.jpg', 'b c+ñ.jpg', 'c/d.JPG']) await put(image, key);
      await put(text, 'notes.txt');
    });
    afterAll(() => cloud?.stop());

    test('is deployed to a stack that had none, without a change of what was there', async () => {
      const diff = await cloud.cdk(['diff'], WITH);
      expect(diff.match(/^\[[-~]\] AWS::\S+/gm)).toBeNull();
      await cloud.cdk(DEPLOY, WITH);
      stateMachine = (await cloud.outputs()).RepairStateMachineArn as string;
      await letSendBatches();
    });

    test('the schedule starts it; it sends what is wrong and says what that was', async () => {
      expect(await outputOnceThereIs(await firstExecution())).toEqual({
        slices: 1,
        sources: 5,
        missing: 3,
        stale: 0,
        orphans: 1,
        failures: 1,
        unwanted: 0,
        notes: [],
      });
      const mended = [
        ...['a.jpg', 'b c+ñ.jpg', 'broken.jpg', 'c/d.JPG'],
        ...['miniaturas/a.jpg', 'miniaturas/b c+ñ.jpg', 'miniaturas/c/d.JPG', 'notes.txt'],
      ];
      await cloud.keysOnce(keys => keys.join() === mended.join(), bucket);
    });

    test('started by hand as docs/repair.md says, it finds nothing more, and says so as it says there', async () => {
      const [start, result] = runnableBlocks('repair.md').map(({ code }) => code) as [string, string];
      const { executionArn } = JSON.parse(await bash(start));
      await outputOnceThereIs(executionArn);
      const told = (await bash(start + result)).trim().split('\n').at(-1) as string;
      expect(JSON.parse(told)).toMatchObject({
        ...{ sources: 5, missing: 0, stale: 0, orphans: 0, failures: 1 },
      });
    });

    test('goes with its stack', async () => {
      await cloud.cdk(['destroy', '--force'], WITH);
      const { schedules } = JSON.parse(
        await cloud.aws('scheduler', 'list-schedules', '--query', '{schedules: Schedules}'),
      );
      expect(schedules).toEqual([]);
    });

    /**
     * On AWS the right to a call is the right to it for a batch as well, and there is no other:
     * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
     * The emulator asks for rights to batches by their own names.
     */
    async function letSendBatches(): Promise<void> {
      const role = (await cloud.resources()).find(
        ({ type, name }) => type === 'AWS::IAM::Role' && name.includes('RepairRole'),
      );
      const Action = ['sqs:SendMessageBatch', 'sqs:ChangeMessageVisibilityBatch'];
      const Statement = { Effect: 'Allow', Action, Resource: 'arn:aws:sqs:*:*:Miniaturas-*' };
      await cloud.aws(
        ...['iam', 'put-role-policy', '--role-name', role?.name as string, '--policy-name', 'Batches'],
        ...['--policy-document', JSON.stringify({ Version: '2012-10-17', Statement })],
      );
    }

    const bash = (script: string) => cloud.run('bash', '-euo', 'pipefail', '-c', script);

    /** Calls Step Functions. */
    async function states<T>(...args: readonly string[]): Promise<T> {
      return JSON.parse(await cloud.aws('stepfunctions', ...args, '--output', 'json'));
    }

    /** The run that was started first, once one was. */
    async function firstExecution(): Promise<string> {
      return once(async () => {
        const { executions } = await states<{ executions: { executionArn: string }[] }>(
          ...['list-executions', '--state-machine-arn', stateMachine],
        );
        return executions.at(-1)?.executionArn;
      });
    }

    async function outputOnceThereIs(executionArn: string): Promise<Totals> {
      return once(async () => {
        const execution = await states<{ status: string; output?: string }>(
          ...['describe-execution', '--execution-arn', executionArn],
        );
        if (!['RUNNING', 'SUCCEEDED'].includes(execution.status)) throw new Error(JSON.stringify(execution));
        return execution.output === undefined ? undefined : JSON.parse(execution.output);
      });
    }
  },
);

async function once<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + PATIENCE; Date.now() < end; ) {
    const seen = await look();
    if (seen !== undefined) return seen;
    await setTimeout(500);
  }
  throw new Error(`Nothing came in ${PATIENCE} ms.`);
}
