import { countsOf } from '../../ops/queues';
import {
  eventOf,
  type Installation,
  rejectedSources,
  runCommand,
  standBefore,
  startCommand,
  startInstallation,
} from './installation';

let installation: Installation;
beforeEach(async () => {
  installation = await startInstallation();
});
afterEach(() => installation.stop());

const redrive = (...args: string[]) =>
  runCommand('redrive', ['--local', '--data', installation.data, ...args]);
const counts = () => countsOf(installation.queues.sqs, installation.queues.deadLetterQueueUrl);
const receivedKeys = () => {
  const bodies = installation.fixture.received().map(({ body }) => JSON.parse(body));
  return bodies.map(({ Records: [record] }) => decodeURIComponent(record.s3.object.key.replaceAll('+', ' ')));
};

test('thousands of messages are sent back, each once, without the attributes of their rejection', async () => {
  await installation.addDeadLetters(rejectedSources(2000));
  const { code, out } = await redrive('--yes', '--json');
  expect({ code, out }).toEqual({ code: 0, out: '{"sent":2000,"notSent":0,"notDeleted":0}\n' });
  await installation.fixture.cloud.drain();
  expect(receivedKeys().sort()).toEqual(Array.from({ length: 2000 }, (_, i) => `photo ${i}.jpg`).sort());
  expect(
    installation.fixture.received().every(record => Object.keys(record.messageAttributes).length === 0),
  ).toBe(true);
  expect(await counts()).toMatchObject({ visible: 0, inFlight: 0 });
});

test.each([
  { args: ['--prefix', 'albums/'], sent: 3 },
  { args: ['--prefix', 'albums/', '--reason', 'empty'], sent: 1 },
  { args: ['--key', 'a\u001b[2Jb.jpg'], sent: 1 },
  { args: ['--key', 'a\\x1b[2Jb.jpg'], sent: 1 },
])('$args chooses $sent', async ({ args, sent }) => {
  await installation.addDeadLetters([
    ...rejectedSources(2, 'albums/'),
    ...rejectedSources(1, 'albums/x', 'empty'),
    { body: eventOf('a\u001b[2Jb.jpg'), reason: 'empty' },
  ]);
  const { out } = await redrive('--yes', '--json', ...args);
  expect(JSON.parse(out)).toEqual({ sent, notSent: 0, notDeleted: 0 });
  expect(await counts()).toMatchObject({ visible: 4 - sent, inFlight: 0 });
});

test('a filter that matches nothing is answered with the reasons and sources that there are', async () => {
  await installation.addDeadLetters(rejectedSources(2));
  const { code, err } = await redrive('--yes', '--reason', 'unsuported');
  expect(code).toBe(1);
  expect(err).toBe(
    'Nothing matches. There are these reasons:\n  2 × damaged\nand these sources:\n  photo 0.jpg\n  photo 1.jpg\n',
  );
  expect(await counts()).toMatchObject({ visible: 2, inFlight: 0 });
});

test('a message leaves the dead-letter queue only once its copy is safe', async () => {
  await installation.addDeadLetters(rejectedSources(20));
  let refused = 0;
  const between = await standBefore(installation.fixture.cloud.endpoint, ({ action }) => {
    if (!action.endsWith('SendMessageBatch') || refused > 0) return undefined;
    refused++;
    const Failed = Array.from({ length: 10 }, (_, i) => ({
      Id: `${i}`,
      SenderFault: true,
      Code: 'InvalidMessageContents',
      Message: 'no',
    }));
    return { body: JSON.stringify({ Successful: [], Failed }) };
  });
  installation.redirect(between.url);
  const { code, out, err } = await redrive('--yes');
  expect(code).toBe(1);
  expect(out).toContain('10 sent back.');
  expect(err).toContain('10 could not be sent and stay: InvalidMessageContents: no');
  expect(await counts()).toMatchObject({ visible: 10, inFlight: 0 });
  between.stop();
});

test('messages that were sent but not deleted are counted', async () => {
  await installation.addDeadLetters(rejectedSources(3));
  const between = await standBefore(installation.fixture.cloud.endpoint, ({ action }) => {
    if (!action.endsWith('DeleteMessageBatch')) return undefined;
    const Failed = [{ Id: '1', SenderFault: true, Code: 'ReceiptHandleIsInvalid', Message: 'no' }];
    return { body: JSON.stringify({ Successful: [{ Id: '0' }, { Id: '2' }], Failed }) };
  });
  installation.redirect(between.url);
  const { code, out } = await redrive('--yes', '--json');
  expect(code).toBe(1);
  expect(JSON.parse(out)).toEqual({ sent: 3, notSent: 0, notDeleted: 1 });
  between.stop();
});

test.each(['SIGKILL', 'SIGINT'] as const)('after %s while sending, no message is lost', async signal => {
  await installation.addDeadLetters(rejectedSources(500));
  let batches = 0;
  const between = await standBefore(installation.fixture.cloud.endpoint, ({ action }) => {
    if (action.endsWith('SendMessageBatch') && ++batches === 10) running.child.kill(signal);
    return undefined;
  });
  installation.redirect(between.url);
  const running = startCommand('redrive', ['--local', '--data', installation.data, '--yes']);
  const { code } = await running.said;
  expect(code).toBe(signal === 'SIGKILL' ? null : 130);
  between.stop();
  // What was held comes back with time; a local cloud that starts again has no holds.
  if (signal === 'SIGKILL') await installation.fixture.restart();
  else expect(await counts()).toMatchObject({ inFlight: 0 });
  installation.redirect(installation.fixture.cloud.endpoint);
  expect((await counts()).visible).toBeGreaterThan(0);

  expect((await redrive('--yes')).code).toBe(0);
  await installation.fixture.cloud.drain();
  expect(new Set(receivedKeys()).size).toBe(500);
  expect(await counts()).toMatchObject({ visible: 0, inFlight: 0 });
});

describe('on AWS, with no filter, SQS moves the messages itself', () => {
  const outputs = () =>
    Object.entries(installation.fixture.cloud.outputs)
      .map(
        ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
      )
      .join('');
  const describeStacks = () =>
    `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks>
     <member><StackName>Miniaturas</StackName><Outputs>${outputs()}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;

  /** An AWS whose SQS has these move tasks, one more look at each answer. */
  async function aws(tasks: readonly object[]) {
    const started: object[] = [];
    let looks = 0;
    const between = await standBefore(installation.fixture.cloud.endpoint, ({ action, body }) => {
      if (action === 'DescribeStacks') return { body: describeStacks(), type: 'text/xml' };
      if (action.endsWith('StartMessageMoveTask')) {
        started.push(JSON.parse(body));
        return { body: '{"TaskHandle":"handle"}' };
      }
      if (!action.endsWith('ListMessageMoveTasks')) return undefined;
      const task = started.length > 0 ? tasks[Math.min(looks++, tasks.length - 1)] : undefined;
      return { body: JSON.stringify({ Results: task ? [task] : [] }) };
    });
    const env = {
      AWS_ENDPOINT_URL: between.url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
    };
    return { env, started, stop: between.stop };
  }

  const task = (Status: string, moved: number) => ({
    Status,
    StartedTimestamp: 1,
    ApproximateNumberOfMessagesMoved: moved,
    ApproximateNumberOfMessagesToMove: 7,
  });

  test('and the command watches', async () => {
    await installation.addDeadLetters(rejectedSources(7));
    const { env, started, stop } = await aws([task('RUNNING', 3), task('COMPLETED', 7)]);
    const { code, out, err } = await runCommand('redrive', ['--yes', '--json'], env);
    expect(started).toEqual([
      {
        SourceArn: 'arn:aws:sqs:us-east-1:000000000000:Fixture-DeadLetterQueue',
        DestinationArn: 'arn:aws:sqs:us-east-1:000000000000:Fixture-Queue',
      },
    ]);
    expect({ code, out }).toEqual({ code: 0, out: '{"sent":7,"notSent":0,"notDeleted":0}\n' });
    expect(err).toMatch(/About 7 failures[\s\S]*3 of about 7 sent back …[\s\S]*7 sent back\./);
    // Not one was received here.
    expect(await counts()).toMatchObject({ visible: 7, inFlight: 0 });
    stop();
  });

  test('and says so when it fails', async () => {
    await installation.addDeadLetters(rejectedSources(7));
    const failed = { ...task('FAILED', 2), FailureReason: 'AWS.SimpleQueueService.NonExistentQueue' };
    const { env, stop } = await aws([failed]);
    const { code, out, err } = await runCommand('redrive', ['--yes', '--json'], env);
    expect({ code, out }).toEqual({ code: 1, out: '{"sent":2,"notSent":5,"notDeleted":0}\n' });
    expect(err).toContain('(FAILED: AWS.SimpleQueueService.NonExistentQueue): 2 sent back.');
    stop();
  });

  test('a filter goes by batches there too', async () => {
    await installation.addDeadLetters(rejectedSources(7));
    const { env, started, stop } = await aws([]);
    const { code } = await runCommand('redrive', ['--yes', '--prefix', 'photo 3'], env);
    expect(code).toBe(0);
    expect(started).toEqual([]);
    expect(await counts()).toMatchObject({ visible: 6, inFlight: 0 });
    stop();
  });
});
