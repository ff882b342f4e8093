import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { type Fixture, startFixture } from './fixture';

/** As much of S3's event in EventBridge as the tests look at. */
interface S3Event {
  readonly 'detail-type': string;
  readonly detail: {
    readonly object: { readonly key: string; readonly sequencer: string };
    readonly reason: string;
  };
}

const arnOf = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });

const BUCKET = {
  Type: 'AWS::S3::Bucket',
  Properties: { NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } } },
};
const QUEUE = { Type: 'AWS::SQS::Queue' };

/** A rule with the queue `Events` as its target. */
function rule(EventPattern: unknown, properties: Readonly<Record<string, unknown>> = {}) {
  const Targets = [{ Id: 'Target0', Arn: arnOf('Events') }];
  return {
    Type: 'AWS::Events::Rule',
    Properties: { EventPattern, State: 'ENABLED', Targets, ...properties },
  };
}

const ALL = { source: ['aws.s3'] };

function start(resources: Readonly<Record<string, unknown>>): Promise<Fixture> {
  return startFixture({ resources: { Bucket: BUCKET, Events: QUEUE, ...resources } });
}

async function put({ s3, bucket: Bucket }: Fixture, Key: string, Body = 'bytes'): Promise<void> {
  await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
}

/** Takes the events out of a queue of the template. */
async function eventsIn({ cloud, sqs }: Fixture, queue = 'Events'): Promise<S3Event[]> {
  const QueueUrl = cloud.resources.find(({ logicalId }) => logicalId === queue)?.ref;
  const events: S3Event[] = [];
  for (;;) {
    const receive = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 });
    const { Messages = [] } = await sqs.send(receive);
    if (Messages.length === 0) return events;
    for (const { Body = '', ReceiptHandle } of Messages) {
      events.push(JSON.parse(Body));
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
}

const keysOf = (events: readonly S3Event[]) => events.map(({ detail }) => detail.object.key);

const notCovered = ({ log }: Fixture) => log.filter(line => line.startsWith('Not covered'));

describe('S3’s events', () => {
  let fixture: Fixture;
  beforeEach(async () => {
    fixture = await start({ Rule: rule(ALL) });
  });
  afterEach(() => fixture.stop());

  test('a new object is as S3 writes it; its key is not encoded', async () => {
    await put(fixture, 'vacaciones/año nuevo (1) +ñ.JPG', 'hello');
    expect(await eventsIn(fixture)).toEqual([
      {
        version: '0',
        id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
        'detail-type': 'Object Created',
        source: 'aws.s3',
        account: '000000000000',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        region: 'us-east-1',
        resources: [`arn:aws:s3:::${fixture.bucket}`],
        detail: {
          version: '0',
          'event-version': '1.0',
          bucket: { name: fixture.bucket },
          object: {
            key: 'vacaciones/año nuevo (1) +ñ.JPG',
            size: 5,
            etag: '5d41402abc4b2a76b9719d911017c592',
            sequencer: expect.stringMatching(/^[0-9A-F]{18}$/),
          },
          'request-id': expect.stringMatching(/^[0-9A-F]{16}$/),
          requester: '000000000000',
          'source-ip-address': '127.0.0.1',
          reason: 'PutObject',
        },
      },
    ]);
    expect(notCovered(fixture)).toEqual([]);
  });

  test('a removal has neither size nor ETag', async () => {
    await put(fixture, 'a.jpg');
    await fixture.s3.send(new DeleteObjectCommand({ Bucket: fixture.bucket, Key: 'a.jpg' }));
    const [created, deleted] = await eventsIn(fixture);
    expect(deleted).toMatchObject({
      'detail-type': 'Object Deleted',
      detail: {
        object: { key: 'a.jpg', sequencer: expect.any(String) },
        reason: 'DeleteObject',
        'deletion-type': 'Permanently Deleted',
      },
    });
    expect(Object.keys(deleted?.detail.object ?? {})).toEqual(['key', 'sequencer']);
    expect(Number(`0x${deleted?.detail.object.sequencer}`)).toBeGreaterThan(
      Number(`0x${created?.detail.object.sequencer}`),
    );
  });

  test('the reason is the request that made it', async () => {
    const { s3, bucket: Bucket } = fixture;
    await put(fixture, 'a.jpg');
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'b.jpg', CopySource: `${Bucket}/a.jpg` }));
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'c.jpg' }));
    const part = { Bucket, Key: 'c.jpg', UploadId, PartNumber: 1 };
    const { ETag } = await s3.send(new UploadPartCommand({ ...part, Body: 'bytes' }));
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key: 'c.jpg', UploadId, MultipartUpload }));
    expect((await eventsIn(fixture)).map(({ detail }) => detail.reason)).toEqual([
      'PutObject',
      'CopyObject',
      'CompleteMultipartUpload',
    ]);
  });
});

describe('event patterns', () => {
  const KEYS = ['a.jpg', 'a.JPG', 'b.png', 'miniaturas/a.jpg', 'grandes/a.jpg'];
  const key = (...matchers: unknown[]) => ({ detail: { object: { key: matchers } } });
  const size = (...matchers: unknown[]) => ({ detail: { object: { size: matchers } } });

  /** [what, pattern, the keys whose events match] */
  const CASES: readonly (readonly [string, unknown, readonly string[]])[] = [
    ['an exact value', key('a.jpg'), ['a.jpg']],
    ['exact values are OR', key('b.png', 'a.jpg', 'none'), ['a.jpg', 'b.png']],
    ['a number is no string', size('5'), []],
    ['a number', size(5), KEYS],
    ['null is no number', size(null), []],
    ['both fields pass', { ...ALL, ...key('a.jpg'), region: ['us-east-1'] }, ['a.jpg']],
    ['all fields must pass', { ...ALL, ...key('a.jpg'), region: ['eu-west-1'] }, []],
    ['an element of an array', { resources: [{ prefix: 'arn:aws:s3:::fixture-' }] }, KEYS],
    ['an absent field', { detail: { object: { 'version-id': ['x'] } } }, []],
    ['a field of Object’s own', { detail: { constructor: [{ exists: true }] } }, []],
    ['prefix', key({ prefix: 'miniaturas/' }), ['miniaturas/a.jpg']],
    ['prefix of a number', size({ prefix: '5' }), []],
    ['suffix', key({ suffix: '.jpg' }), ['a.jpg', 'miniaturas/a.jpg', 'grandes/a.jpg']],
    ['equals-ignore-case', key({ 'equals-ignore-case': 'A.jpg' }), ['a.jpg', 'a.JPG']],
    ['matchers of one field are OR', key({ prefix: 'g' }, { suffix: '.png' }), ['b.png', 'grandes/a.jpg']],
    ['anything-but', key({ 'anything-but': 'a.jpg' }), KEYS.filter(one => one !== 'a.jpg')],
    ['anything-but a list', key({ 'anything-but': KEYS.slice(1) }), ['a.jpg']],
    ['anything-but numbers', size({ 'anything-but': [4, 5] }), []],
    [
      'anything-but a prefix',
      key({ 'anything-but': { prefix: 'miniaturas/' } }),
      KEYS.filter(one => one !== 'miniaturas/a.jpg'),
    ],
    [
      'anything-but a list of prefixes',
      key({ 'anything-but': { prefix: ['miniaturas/', 'grandes/'] } }),
      ['a.jpg', 'a.JPG', 'b.png'],
    ],
    ['anything-but a suffix', key({ 'anything-but': { suffix: '.jpg' } }), ['a.JPG', 'b.png']],
    ['anything-but a list of suffixes', key({ 'anything-but': { suffix: ['.jpg', '.JPG'] } }), ['b.png']],
    [
      // As on AWS: what one excludes the other lets in.
      'anything-but OR suffix',
      key({ 'anything-but': { prefix: 'miniaturas/' } }, { suffix: '.jpg' }),
      KEYS,
    ],
    [
      'an absent field is nothing else',
      { detail: { object: { 'version-id': [{ 'anything-but': 'x' }] } } },
      [],
    ],
    ['exists', key({ exists: true }), KEYS],
    ['exists not', key({ exists: false }), []],
    ['an absent field exists not', { detail: { object: { 'version-id': [{ exists: false }] } } }, KEYS],
    ['exists looks at leaves only', { detail: { object: [{ exists: true }] } }, []],
    ['numeric is not covered', size({ numeric: ['>', 0] }), []],
    ['nor is a matcher beside it', size(5, { numeric: ['>', 0] }), []],
    ['wildcard is not covered', key({ wildcard: '*.jpg' }), []],
    ['anything-but a wildcard neither', key({ 'anything-but': { wildcard: '*.png' } }), []],
    ['prefix without case neither', key({ prefix: { 'equals-ignore-case': 'A' } }), []],
    ['$or is not covered', { $or: [key('a.jpg'), key('b.png')] }, []],
  ];

  const UNCOVERED = [
    'EventPattern.detail.object.size has {"numeric":[">",0]}',
    'EventPattern.detail.object.size has {"numeric":[">",0]}',
    'EventPattern.detail.object.key has {"wildcard":"*.jpg"}',
    'EventPattern.detail.object.key has {"anything-but":{"wildcard":"*.png"}}',
    'EventPattern.detail.object.key has {"prefix":{"equals-ignore-case":"A"}}',
    'EventPattern has $or',
  ];

  let fixture: Fixture;
  beforeAll(async () => {
    const rules = CASES.flatMap(([, pattern], index) => {
      const Targets = [{ Id: 'Target0', Arn: arnOf(`Queue${index}`) }];
      return [
        [`Rule${index}`, rule(pattern, { Targets })],
        [`Queue${index}`, QUEUE],
      ];
    });
    fixture = await start(Object.fromEntries(rules));
    for (const one of KEYS) await put(fixture, one);
  });
  afterAll(() => fixture.stop());

  test.each(CASES.map(([what, pattern, keys], index) => ({ what, pattern, keys, index })))(
    '$what: $pattern',
    async ({ keys, index }) => {
      expect(keysOf(await eventsIn(fixture, `Queue${index}`))).toEqual(keys);
    },
  );

  test('what is not covered is named, with what it costs', () => {
    const first = CASES.length - UNCOVERED.length;
    const line = (what: string, index: number) =>
      `Not covered by the local cloud: ${what} (no event matches) of AWS::Events::Rule Rule${first + index}.`;
    expect(notCovered(fixture)).toEqual(UNCOVERED.map(line));
  });
});

describe('rules', () => {
  let fixture: Fixture;
  afterEach(() => fixture.stop());

  test('a disabled one, one of another bus, and targets that are no queue or would get something else', async () => {
    const target = (Id: string, properties: object) => ({ Id, Arn: arnOf('Events'), ...properties });
    const only = (one: object) => rule(ALL, { Targets: [one] });
    fixture = await start({
      Disabled: rule(ALL, { State: 'DISABLED' }),
      Bus: rule(ALL, { EventBusName: 'other' }),
      Invokes: only(target('a', { Arn: arnOf('Function') })),
      Input: only(target('b', { Input: '{}' })),
      InputPath: only(target('c', { InputPath: '$.detail' })),
      Transformer: only(target('d', { InputTransformer: { InputTemplate: '"x"' } })),
      Scheduled: rule(undefined, { ScheduleExpression: 'rate(1 hour)' }),
    });
    await put(fixture, 'a.jpg');
    expect(await eventsIn(fixture)).toEqual([]);
    const arn = 'arn:aws:lambda:us-east-1:000000000000:function:Fixture-Function';
    expect(notCovered(fixture).map(line => line.replace('Not covered by the local cloud: ', ''))).toEqual([
      'EventBusName other (no event reaches the rule) of AWS::Events::Rule Bus.',
      `target a with ${arn} (it gets no event) of AWS::Events::Rule Invokes.`,
      'target b with Input (it gets no event) of AWS::Events::Rule Input.',
      'target c with InputPath (it gets no event) of AWS::Events::Rule InputPath.',
      'target d with InputTransformer (it gets no event) of AWS::Events::Rule Transformer.',
      'ScheduleExpression of AWS::Events::Rule Scheduled.',
    ]);
  });

  test('a dead-letter queue and retries of a target change nothing', async () => {
    const Targets = [
      {
        Id: 'a',
        Arn: arnOf('Events'),
        DeadLetterConfig: { Arn: arnOf('DeadLetterQueue') },
        RetryPolicy: { MaximumRetryAttempts: 3 },
      },
    ];
    fixture = await start({ Rule: rule(ALL, { Targets, EventBusName: 'default' }) });
    await put(fixture, 'a.jpg');
    expect(keysOf(await eventsIn(fixture))).toEqual(['a.jpg']);
    expect(notCovered(fixture)).toEqual([]);
  });

  test('a bucket sends none unless it says so', async () => {
    const off = { NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: false } } };
    fixture = await start({ Rule: rule(ALL), Bucket: { ...BUCKET, Properties: off } });
    await put(fixture, 'a.jpg');
    expect(await eventsIn(fixture)).toEqual([]);
  });

  test('bucket → rule → queue → function, with a batch; no loop through what the function writes', async () => {
    const pattern = {
      source: ['aws.s3'],
      'detail-type': ['Object Created', 'Object Deleted'],
      detail: {
        bucket: { name: [{ Ref: 'Bucket' }] },
        object: { key: [{ 'anything-but': { prefix: ['miniaturas/'] } }] },
      },
    };
    fixture = await startFixture({
      resources: { Bucket: BUCKET, Rule: rule(pattern, { Targets: [{ Id: 'a', Arn: arnOf('Queue') }] }) },
      mapping: { MaximumBatchingWindowInSeconds: 60, BatchSize: 3 },
    });
    for (const one of ['a.jpg', 'miniaturas/a.jpg', 'b.jpg']) await put(fixture, one);
    await fixture.s3.send(new DeleteObjectCommand({ Bucket: fixture.bucket, Key: 'a.jpg' }));
    await fixture.cloud.drain();
    const batches = fixture
      .records<SQSEvent>()
      .map(({ Records }) => Records.map(({ body }) => JSON.parse(body)));
    expect(batches.map(batch => batch.map(one => `${one['detail-type']} ${one.detail.object.key}`))).toEqual([
      ['Object Created a.jpg', 'Object Created b.jpg', 'Object Deleted a.jpg'],
    ]);
    expect(fixture.cloud.counters.notifications).toBe(3);
  });
});

test('schedules and state machines are named in one line each; references to them resolve', async () => {
  const fixture = await startFixture({
    resources: {
      ScheduleRole: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: {} } },
      Machine: {
        Type: 'AWS::StepFunctions::StateMachine',
        Properties: { DefinitionString: '{}', RoleArn: arnOf('ScheduleRole') },
      },
      Schedule: {
        Type: 'AWS::Scheduler::Schedule',
        Properties: { ScheduleExpression: 'rate(1 day)', Target: { Arn: { Ref: 'Machine' } } },
      },
    },
    environment: { MACHINE: { Ref: 'Machine' }, SCHEDULE: arnOf('Schedule') },
    handler: 'record([process.env.MACHINE, process.env.SCHEDULE]);',
  });
  await fixture.cloud.invoke('Fixture-Function', {});
  expect(fixture.records()).toContainEqual(['Machine', 'Schedule.Arn']);
  expect(notCovered(fixture)).toEqual([
    'Not covered by the local cloud: AWS::StepFunctions::StateMachine Machine.',
    'Not covered by the local cloud: AWS::Scheduler::Schedule Schedule.',
  ]);
  await fixture.stop();
});
