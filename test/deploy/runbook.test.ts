import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Block, runnableBlocks } from '../docs/page';
import { photo } from '../e2e/harness';
import { HOST_ARCHITECTURE } from '../support/host';
import { requires } from '../support/requires';
import { lets, openPlayground, type Playground } from './playground';
import { CommandFailed, PYTHON } from './shell';

const SETTINGS = {
  architecture: HOST_ARCHITECTURE,
  alarms: { dollarsAnHour: 2, brake: true },
  repair: { schedule: 'rate(1 day)' },
};
const DEPLOY = ['deploy', '--require-approval', 'never'];
/** Version 1 of the AWS CLI asks SQS at its oldest address, whatever AWS_ENDPOINT_URL says. */
const AWS_CLI = 'aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }';
const ACCOUNT = '000000000000';

/** The tests are the life of one stack: each begins where the one before ended. */
requires(PYTHON, 'MINIATURAS_PYTHON (of a venv with test/deploy/requirements.txt)').describe(
  'alarms, the brake, npm run status and docs/runbook.md on an emulator made by others',
  () => {
    jest.setTimeout(240_000);
    let cloud: Playground;
    let outputs: Record<string, string>;
    let told: string;
    /** Names of the alarms by their id in lib/alarms.ts. */
    const alarm = async (id: string) =>
      (await cloud.resources()).find(
        ({ type, name }) => type === 'AWS::CloudWatch::Alarm' && name.includes(`Alarms${id}`),
      )?.name as string;
    const setAlarm = async (id: string, state: string) =>
      cloud.aws(
        ...['cloudwatch', 'set-alarm-state', '--alarm-name', await alarm(id)],
        ...['--state-value', state, '--state-reason', 'a test'],
      );
    const upload = (file: string, key: string) =>
      cloud.aws('s3', 'cp', join(cloud.folder, file), `s3://${outputs.BucketName}/${key}`);

    beforeAll(async () => {
      cloud = await openPlayground();
      await cloud.cdk(['bootstrap', `aws://${ACCOUNT}/us-east-1`]);
      await cloud.cdk(DEPLOY, SETTINGS);
      outputs = await cloud.outputs();
      told = await subscribe();
      writeFileSync(join(cloud.folder, 'photo.jpg'), await photo());
      writeFileSync(join(cloud.folder, 'text.jpg'), 'This is a text.');
    });
    afterAll(() => cloud?.stop());

    test('well: status says so, with the version, and ends with 0', async () => {
      await upload('photo.jpg', 'photo.jpg');
      await cloud.keysOnceThereAre(2, outputs.BucketName as string);
      await log({ level: 'INFO', message: { key: 'photo.jpg', outcome: 'created' } });
      const { code, says } = await status();
      expect(says).toMatch(/^Miniaturas, version 0\.1\.0 \(\w+.*\): all is well\.\n/);
      expect(says).toMatch(/Last hour: \d+ invocations; 1 × created\.\nAlarms: 0 of 8 raised\./);
      expect(code).toBe(0);
    });

    test('an alarm that is raised tells the subscriber the sentence, and status names it', async () => {
      await setAlarm('Backlog', 'ALARM');
      const { Message } = JSON.parse(await cloud.messageIn(told));
      const { AlarmDescription, NewStateValue } = JSON.parse(Message);
      expect(NewStateValue).toBe('ALARM');
      expect(AlarmDescription).toBe(
        'A message has waited for more than 12 hours, longer than those of a backfill. What to do: docs/runbook.md#messages-wait-too-long',
      );
      const { code, says } = await status();
      expect(says).toMatch(/not well\.\n- An alarm is raised since 20\S+Z: A message has waited/);
      expect(code).toBe(1);
      await setAlarm('Backlog', 'OK');
    });

    test('the brake: too much spent turns the mapping off; uploads wait; status says so', async () => {
      await setAlarm('Spend', 'ALARM');
      await once('the brake is on', async () => /"applied":true/.test(await brake('--json')));
      await upload('photo.jpg', 'kept.jpg');
      const { code, says } = await status();
      expect(says).toContain('The brake is on: the function gets no images, and 1 message waits.');
      expect(says).toMatch(/An alarm is raised .*: For 3 hours each has cost more than about \$2\.00\./);
      expect(code).toBe(1);
    });

    test('queue growing: status says how many wait, and for how long', async () => {
      await metric('ApproximateAgeOfOldestMessage', 1800, 1);
      await metric('ApproximateNumberOfMessagesVisible', 0, 65);
      const { says } = await status();
      expect(says).toContain('The queue grows: 1 message waits, 0 an hour ago, the oldest for 30 minutes.');
      await metric('ApproximateAgeOfOldestMessage', 0, 0);
    });

    test('released, the function gets what waited: nothing was lost', async () => {
      expect(await brake('--release')).toContain('1 message was kept waiting in the queue; none was lost.');
      await cloud.keysOnce(keys => keys.includes('miniaturas/kept.jpg'), outputs.BucketName as string);
      await setAlarm('Spend', 'OK');
      expect(await brake()).toContain('The brake is off');
    });

    test('failures: status names the reasons', async () => {
      await upload('text.jpg', 'text.jpg');
      await cloud.messageIn(outputs.DeadLetterQueueUrl as string);
      const { code, says } = await status();
      expect(says).toContain(
        '1 image has failed and is kept: 1 × unsupported. To see them: npm run failures',
      );
      expect(code).toBe(1);
    });

    test('function broken: status has the error’s text, and --json the facts', async () => {
      const error = { errorType: 'Runtime.ImportModuleError', errorMessage: "Cannot find module 'sharp'" };
      await log({ level: 'ERROR', message: error });
      const { code, says } = await status('--json');
      expect(JSON.parse(says)).toMatchObject({
        well: false,
        findings: [
          {
            sentence: expect.stringMatching(
              /^The function fails: in the last hour .* ended in an error, most often: Runtime\.ImportModuleError: Cannot find module 'sharp'$/,
            ),
            entry: 'the-function-fails',
          },
          { entry: 'images-without-a-thumbnail' },
        ],
        failures: { count: 1, reasons: [{ what: 'unsupported', count: 1 }] },
        aws: { takesMessages: true },
      });
      expect(code).toBe(1);
    });

    describe('the runbook, followed word for word', () => {
      const blocks = runnableBlocks('runbook.md');
      const names = blocks.find(({ code }) => code.startsWith('output()'))?.code ?? '';

      // One that failed for a passing cause.
      beforeAll(async () => {
        const record = {
          s3: { bucket: { name: outputs.BucketName }, object: { key: 'photo.jpg', size: 1 } },
        };
        await cloud.aws(
          ...['sqs', 'send-message', '--queue-url', outputs.DeadLetterQueueUrl as string],
          ...['--message-body', JSON.stringify({ Records: [record] })],
        );
      });

      test.each(blocks.map(block => [block.line, block.code.trim().split('\n')[0], block] as const))(
        'line %i: %s',
        (_line, _command, block) => follow(block, names),
      );

      test('at its end the brake is off', async () => {
        expect(await brake()).toContain('The brake is off');
      });
    });

    /** Runs a block; status ends with 1 where something is not well, which is no failure of the command. */
    async function follow({ code, words }: Block, names: string): Promise<void> {
      const context = Object.entries(SETTINGS).map(
        ([name, value]) => `-c '${name}=${typeof value === 'string' ? value : JSON.stringify(value)}'`,
      );
      const script = words.includes('cdk')
        ? code.replace(
            'npx cdk deploy',
            `npx cdk deploy -o ${join(cloud.folder, 'cdk.out')} ${context.join(' ')}`,
          )
        : code.replaceAll(/(\w+)\.json/g, `${cloud.folder}/$1.json`);
      const given = words.includes('aws') && !code.startsWith('output()') ? names : '';
      try {
        await cloud.run('bash', '-euo', 'pipefail', '-c', [AWS_CLI, given, script].join('\n'));
      } catch (error) {
        if (
          !(
            error instanceof CommandFailed &&
            code.includes('npm run --silent status') &&
            /not well/.test(error.message)
          )
        )
          throw error;
      }
    }

    async function status(...args: string[]): Promise<{ readonly code: number; readonly says: string }> {
      try {
        return { code: 0, says: await cloud.run('npm', 'run', '--silent', 'status', '--', ...args) };
      } catch (error) {
        const { message } = error as CommandFailed;
        const [, code, says = ''] = /exit code (\d+)\n(.*?)\nThe emulator's log/s.exec(message) ?? [];
        if (code !== '1') throw error;
        return { code: 1, says: says.trim() };
      }
    }

    function brake(...args: string[]): Promise<string> {
      return cloud.run('npm', 'run', '--silent', 'brake', '--', ...args);
    }

    async function once(what: string, holds: () => Promise<boolean>): Promise<void> {
      for (const end = Date.now() + 30_000; !(await holds()); await setTimeout(250)) {
        if (Date.now() > end) throw new Error(`Expected that ${what}.`);
      }
    }

    /** As Lambda writes it on AWS; the emulator writes a function's lines as they are. */
    async function log(line: object): Promise<void> {
      const stream = [
        '--log-group-name',
        outputs.LogGroupName as string,
        '--log-stream-name',
        `test-${Date.now()}`,
      ];
      await cloud.aws('logs', 'create-log-stream', ...stream);
      const events = [{ timestamp: Date.now(), message: JSON.stringify(line) }];
      await cloud.aws('logs', 'put-log-events', ...stream, '--log-events', JSON.stringify(events));
    }

    /** What SQS tells CloudWatch on AWS, so many minutes ago. */
    async function metric(name: string, value: number, minutes: number): Promise<void> {
      const QueueName = outputs.QueueUrl?.split('/').at(-1);
      const datum = {
        MetricName: name,
        Value: value,
        Timestamp: new Date(Date.now() - minutes * 60_000).toISOString(),
        Dimensions: [{ Name: 'QueueName', Value: QueueName }],
      };
      await cloud.aws(
        'cloudwatch',
        'put-metric-data',
        '--namespace',
        'AWS/SQS',
        '--metric-data',
        JSON.stringify([datum]),
      );
    }

    /** A queue that subscribes to the alarms' topic. @returns its URL */
    async function subscribe(): Promise<string> {
      const arn = `arn:aws:sqs:us-east-1:${ACCOUNT}:told`;
      const created = await cloud.aws(
        ...['sqs', 'create-queue', '--queue-name', 'told', '--output', 'json'],
        ...['--attributes', JSON.stringify({ Policy: lets('sns.amazonaws.com', 'sqs:SendMessage', arn) })],
      );
      const to = ['--protocol', 'sqs', '--notification-endpoint', arn];
      await cloud.aws('sns', 'subscribe', '--topic-arn', outputs.AlarmTopicArn as string, ...to);
      return JSON.parse(created).QueueUrl;
    }
  },
);
