import { PutObjectCommand } from '@aws-sdk/client-s3';
import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { type Fixture, type FixtureOptions, startFixture } from './fixture';

let fixture: Fixture;
afterEach(() => fixture?.stop());

/** Starts a cloud whose handler is spared S3's test event. */
async function start(options: FixtureOptions): Promise<void> {
  fixture = await startFixture({ notifications: [], ...options });
}

const send = (body: string) =>
  fixture.sqs.send(new SendMessageCommand({ QueueUrl: fixture.cloud.outputs.QueueUrl, MessageBody: body }));

/** Sends messages so that they are in the queue together. */
const sendTogether = ({ sqs, cloud }: Fixture, ...bodies: string[]) =>
  sqs.send(
    new SendMessageBatchCommand({
      QueueUrl: cloud.outputs.QueueUrl,
      Entries: bodies.map((MessageBody, index) => ({ Id: `${index}`, MessageBody })),
    }),
  );

async function deadLetters({ sqs, cloud }: Fixture): Promise<(string | undefined)[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: cloud.outputs.DeadLetterQueueUrl,
      MaxNumberOfMessages: 10,
    }),
  );
  return Messages.map(({ Body }) => Body).sort();
}

test('the function has the environment of its template, its layer, and nothing of this machine', async () => {
  await start({
    handler: `record({
      env: process.env, cwd: process.cwd(), greeting: require('greeting'), node: process.versions.node,
      remaining: context.getRemainingTimeInMillis(), name: context.functionName, memory: context.memoryLimitInMB,
    })`,
    function: { MemorySize: 512, Timeout: 900 },
  });
  process.env.SECRET_OF_THIS_MACHINE = 'secret';
  await send('x');
  await fixture.cloud.drain();

  const [seen] = fixture.records<{ env: Record<string, string>; cwd: string; remaining: number }>();
  expect(seen).toMatchObject({ greeting: 'hello from the layer', name: 'Fixture-Function', memory: '512' });
  expect(seen?.env).toMatchObject({
    AWS_ENDPOINT_URL: fixture.cloud.endpoint,
    AWS_REGION: 'us-east-1',
    BUCKET: fixture.bucket,
    QUEUE: fixture.cloud.outputs.QueueUrl,
    LAMBDA_TASK_ROOT: seen?.cwd,
  });
  expect(seen?.env).not.toHaveProperty('SECRET_OF_THIS_MACHINE');
  // Of the 15 minutes; a busy machine may have spent some.
  expect(seen?.remaining).toBeGreaterThan(300_000);
  expect(seen?.remaining).toBeLessThanOrEqual(900_000);
});

test('a message has the form of Lambda’s SQS events', async () => {
  await start({});
  const { MessageId, MD5OfMessageBody } = await fixture.sqs.send(
    new SendMessageCommand({
      QueueUrl: fixture.cloud.outputs.QueueUrl,
      MessageBody: 'hello',
      MessageAttributes: { reason: { DataType: 'String', StringValue: 'because' } },
    }),
  );
  await fixture.cloud.drain();
  expect(fixture.received()).toEqual([
    {
      messageId: MessageId,
      receiptHandle: expect.any(String),
      body: 'hello',
      md5OfBody: MD5OfMessageBody,
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: expect.stringMatching(/^\d{13}$/),
        SenderId: expect.any(String),
        ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
      },
      messageAttributes: {
        reason: { dataType: 'String', stringValue: 'because', stringListValues: [], binaryListValues: [] },
      },
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:Fixture-Queue',
      awsRegion: 'us-east-1',
    },
  ]);
});

test('only the messages that the answer names are redelivered, then dead-lettered', async () => {
  await start({
    handler: `record(event);
      const failures = event.Records.filter(({ body }) => body === 'bad');
      return { batchItemFailures: failures.map(({ messageId }) => ({ itemIdentifier: messageId })) };`,
  });
  await sendTogether(fixture, 'good', 'bad', 'fine');
  await fixture.cloud.drain();

  const tries = fixture
    .received()
    .map(({ body, attributes }) => `${body} ${attributes.ApproximateReceiveCount}`);
  expect(tries.sort()).toEqual(['bad 1', 'bad 2', 'fine 1', 'good 1']);
  expect(await deadLetters(fixture)).toEqual(['bad']);
  expect(fixture.cloud.counters).toMatchObject({ invocations: 2, failed: 2, deadLettered: 1, coldStarts: 1 });
});

describe('the whole batch fails with a function that', () => {
  const CASES = [
    { ending: 'throws', handler: 'record(event); throw new Error("no luck")', counted: { errors: 1 } },
    {
      ending: 'runs out of time',
      handler: 'record(event); await new Promise(() => setInterval(() => {}, 1000));',
      counted: { timeouts: 1 },
    },
    {
      ending: 'blocks until its time is over',
      handler: 'record(event); for (;;);',
      counted: { timeouts: 1 },
    },
    { ending: 'dies', handler: 'record(event); process.exit(7)', counted: { crashes: 1 } },
    {
      ending: 'is killed',
      handler: 'record(event); process.kill(process.pid, "SIGKILL")',
      counted: { crashes: 1 },
    },
    {
      ending: 'dies of an uncaught error',
      handler: 'record(event); setTimeout(() => { throw new Error("late") }); await new Promise(() => {});',
      counted: { crashes: 1 },
    },
  ];
  const fixtures: Fixture[] = [];
  beforeAll(async () => {
    // All at once: each waits for its timeouts.
    const starts = CASES.map(({ handler }) =>
      startFixture({ notifications: [], handler, function: { Timeout: 1 }, maxReceiveCount: 1 }),
    );
    fixtures.push(...(await Promise.all(starts)));
    await Promise.all(
      fixtures.map(async one => {
        await sendTogether(one, 'one', 'two');
        await one.cloud.drain();
      }),
    );
  });
  afterAll(() => Promise.all(fixtures.map(one => one.stop())));

  test.each(CASES.map((one, index) => ({ ...one, index })))('$ending', async ({ index, counted }) => {
    const one = fixtures[index] as Fixture;
    expect(one.cloud.counters).toMatchObject({ invocations: 1, failed: 2, deadLettered: 2, ...counted });
    expect(await deadLetters(one)).toEqual(['one', 'two']);
  });
});

test('after a crash the next invocation gets a new process', async () => {
  await start({
    handler: 'if (event.Records[0].body === "die") process.exit(1); record(process.pid);',
    mapping: { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } },
    maxReceiveCount: 1,
  });
  await send('die');
  await fixture.cloud.drain();
  await send('live');
  await fixture.cloud.drain();
  expect(fixture.records()).toHaveLength(1);
  expect(fixture.cloud.counters).toMatchObject({ coldStarts: 2, crashes: 1 });
});

test('the log says why a handler cannot be loaded', async () => {
  await start({ function: { Handler: 'missing.handler' }, maxReceiveCount: 1 });
  await send('x');
  await fixture.cloud.drain();
  expect(fixture.log.join('\n')).toContain('Expected a file for the handler missing.handler');
  expect(await deadLetters(fixture)).toEqual(['x']);
});

test('without partial responses any answer is success', async () => {
  await start({
    handler: 'return { batchItemFailures: [{ itemIdentifier: event.Records[0].messageId }] };',
    mapping: { FunctionResponseTypes: [] },
  });
  await send('x');
  await fixture.cloud.drain();
  expect(fixture.cloud.counters).toMatchObject({ received: 1, failed: 0 });
});

const batchSizes = () => fixture.records<{ Records: unknown[] }>().map(({ Records }) => Records.length);

test('within the batching window a batch grows to the size that the template says, and no further', async () => {
  await start({
    mapping: { BatchSize: 3, MaximumBatchingWindowInSeconds: 300 },
    queue: { VisibilityTimeout: 900 },
  });
  for (let i = 0; i < 6; i++) await send(`${i}`);
  await fixture.cloud.drain();
  expect(batchSizes()).toEqual([3, 3]);
});

test('an incomplete batch is delivered at the end of the batching window', async () => {
  await start({
    mapping: { BatchSize: 3, MaximumBatchingWindowInSeconds: 1 },
    queue: { VisibilityTimeout: 900 },
  });
  await send('alone');
  await fixture.cloud.drain();
  expect(batchSizes()).toEqual([1]);
});

test('messages in flight survive a stop', async () => {
  await start({
    handler: `record(event); if (event.Records[0].attributes.ApproximateReceiveCount === '1') await new Promise(() => setInterval(() => {}, 1000));`,
  });
  await send('precious');
  while (fixture.received().length === 0) await new Promise(resolve => setImmediate(resolve));
  await fixture.restart({ drain: false });
  await fixture.cloud.drain();
  expect(
    fixture.received().map(({ body, attributes }) => [body, attributes.ApproximateReceiveCount]),
  ).toEqual([
    ['precious', '1'],
    ['precious', '2'],
  ]);
});

test('dead letters survive a restart', async () => {
  await start({ handler: 'throw new Error()', maxReceiveCount: 1 });
  await send('bad');
  await fixture.cloud.drain();
  await fixture.restart();
  expect(await deadLetters(fixture)).toEqual(['bad']);
});

test('the function reaches S3 at the local endpoint', async () => {
  await start({
    notifications: [{ event: 's3:ObjectCreated:*', suffix: '.in' }],
    handler: `if (!event.Records[0].body.includes('Records')) return;
      await fetch(process.env.AWS_ENDPOINT_URL + '/' + process.env.BUCKET + '/made.out', { method: 'PUT', body: 'made' });`,
  });
  const { s3, bucket, cloud } = fixture;
  const seen: string[] = [];
  cloud.onChange(({ name, key }) => seen.push(`${name} ${key}`));
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'a.in', Body: 'x' }));
  await cloud.drain();
  expect(seen).toEqual(['ObjectCreated:Put a.in', 'ObjectCreated:Put made.out']);
});

test('a function without an event source can be invoked by name', async () => {
  await start({ handler: 'return { got: event }', resources: { Mapping: { Type: 'AWS::IAM::Policy' } } });
  expect(await fixture.cloud.invoke('Fixture-Function', { n: 1 })).toEqual({
    kind: 'answered',
    answer: { got: { n: 1 } },
  });
});

test('resources, properties and values that are not covered are named', async () => {
  const none = { QueueConfigurations: [], TopicConfigurations: [] };
  await start({
    resources: {
      Table: { Type: 'AWS::DynamoDB::Table' },
      Alarm: { Type: 'AWS::CloudWatch::Alarm' },
      Others: {
        Type: 'AWS::S3::Bucket',
        Condition: 'OthersWanted',
        Properties: {
          NotificationConfiguration: none,
          VersioningConfiguration: { Status: 'Enabled' },
          Tags: [{ Key: 'a', Value: 'b' }],
        },
      },
    },
    queue: { SqsManagedSseEnabled: true, FifoQueue: false },
    function: {
      ReservedConcurrentExecutions: 1,
      Description: 'A function',
      TracingConfig: { Mode: 'Active' },
      Runtime: 'python3.13',
      Layers: [{ Ref: 'Layer' }, 'arn:aws:lambda:us-east-1:111111111111:layer:theirs:1'],
      LoggingConfig: { LogFormat: 'JSON', LogGroup: 'group' },
    },
    mapping: {
      FilterCriteria: {},
      ScalingConfig: { MaximumConcurrency: 2, ProvisionedPollerConfig: { MinimumPollers: 1 } },
    },
  });
  expect(fixture.log.map(line => line.replace('Not covered by the local cloud: ', ''))).toEqual([
    'FifoQueue of AWS::SQS::Queue Queue.',
    'ReservedConcurrentExecutions of AWS::Lambda::Function Function.',
    'Runtime python3.13 of AWS::Lambda::Function Function.',
    'layer arn:aws:lambda:us-east-1:111111111111:layer:theirs:1 of AWS::Lambda::Function Function.',
    'FilterCriteria of AWS::Lambda::EventSourceMapping Mapping.',
    'ScalingConfig.ProvisionedPollerConfig of AWS::Lambda::EventSourceMapping Mapping.',
    'AWS::DynamoDB::Table Table.',
    'Condition of AWS::S3::Bucket Others.',
    'NotificationConfiguration.TopicConfigurations of AWS::S3::Bucket Others.',
    'VersioningConfiguration of AWS::S3::Bucket Others.',
  ]);
});

test('a mapping that is not enabled delivers nothing', async () => {
  await start({ mapping: { Enabled: false } });
  await send('x');
  await fixture.cloud.drain();
  expect(await waitingIn(fixture.cloud.outputs.QueueUrl)).toBe(1);
  expect(fixture.cloud.counters).toMatchObject({ received: 0 });
});

test('a queue delays events as its template says', async () => {
  fixture = await startFixture({ queue: { DelaySeconds: 900 } });
  const { s3, bucket, cloud } = fixture;
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'a', Body: 'x' }));
  expect(cloud.waitingMessages()).toBe(2);
  expect(cloud.counters).toMatchObject({ received: 0 });
});

/** Visible messages. */
async function waitingIn(QueueUrl: string | undefined): Promise<number> {
  const { Attributes } = await fixture.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
  );
  return Number(Attributes?.ApproximateNumberOfMessages);
}

test('the output of an invocation is in the log before the invocation ends', async () => {
  await start({
    handler: `for (let i = 0; i < 500; i++) { console.log('out ' + i); console.error('err ' + i); } process.stdout.write('no newline');`,
  });
  await send('x');
  await fixture.cloud.drain();
  expect(fixture.log).toHaveLength(1001);
  expect(fixture.log).toContain('[Fixture-Function] no newline');
});
