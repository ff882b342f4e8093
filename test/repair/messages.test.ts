import { createHash } from 'node:crypto';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Difference } from '../../lambda/repair/model/difference';
import { eventOf, MessagesNotSent, sendEvents } from '../../lambda/repair/model/messages';
import { resolveUnsure } from '../../lambda/repair/model/unsure';
import { sourcesOf } from '../../lambda/thumbnail/model/events';
import type { Variant } from '../../lambda/thumbnail/model/variant';
import { type Fixture, startFixture } from '../local/fixture';
import { type AwsAnswer, standBefore } from '../ops/installation';
import { localConfig } from '../support/local-config';

const [SMALL, LARGE] = [
  { prefix: 's/', suffix: '' },
  { prefix: 'l/', suffix: '.jpg' },
] as [Variant, Variant];

const ODD_KEYS = ['a b+c%20%2B.jpg', 'año/🎄 \ufffd.jpg', 'control\u0001\r\n', "'!()~*.jpg", 'ñ'.repeat(512)];

const difference = (key: string, given: Partial<Difference> = { missing: [SMALL] }): Difference => ({
  key,
  source: { key, size: 7, etag: '"e"', lastModified: 1 },
  missing: [],
  stale: [],
  unsure: [],
  orphan: [],
  unwanted: [],
  ...given,
});

describe('the event of a difference', () => {
  test.each(ODD_KEYS)('is read by the function: %j', key => {
    const event = JSON.parse(eventOf(difference(key), 'photos') ?? '');
    expect(sourcesOf(event)).toEqual([{ bucket: 'photos', key, size: 7, isRemoval: false, event }]);
  });

  test.each<[string, Partial<Difference>, boolean | undefined]>([
    ['missing', { missing: [SMALL] }, false],
    ['stale', { stale: [LARGE] }, false],
    ['an orphan', { source: undefined, orphan: [SMALL] }, true],
    ['unsure', { unsure: [SMALL] }, undefined],
    ['unwanted', { unwanted: [SMALL] }, undefined],
  ])('%s: is a removal: %s', (_, given, isRemoval) => {
    const event = eventOf(difference('a', given), 'photos');
    expect(event && sourcesOf(JSON.parse(event))[0]?.isRemoval).toBe(isRemoval);
  });
});

test('an unsure thumbnail is stale if it was made of other bytes', async () => {
  const given = difference('a', { unsure: [SMALL, LARGE], stale: [] });
  const etags = new Map([
    ['s/a', '"e"'],
    ['l/a.jpg', '"other"'],
  ]);
  const resolved = await resolveUnsure(given, async key => etags.get(key));
  expect(resolved).toEqual({ ...given, unsure: [], stale: [LARGE] });
});

/** What the client sends of SendMessageBatch. */
interface Request {
  readonly Entries: readonly {
    readonly Id: string;
    readonly MessageBody: string;
    readonly MessageGroupId: string;
  }[];
}

describe('sent to the queue', () => {
  let fixture: Fixture;
  let proxy: Awaited<ReturnType<typeof standBefore>>;
  let requests: Request[];
  /** How SQS is to answer in place of the local cloud, by request. */
  let answers: (((request: Request) => AwsAnswer) | undefined)[];
  let queue: Parameters<typeof sendEvents>[0];

  beforeAll(async () => {
    fixture = await startFixture({ notifications: [], mapping: { Enabled: false } });
    proxy = await standBefore(fixture.cloud.endpoint, ({ action, body }) => {
      if (!action.endsWith('SendMessageBatch')) return undefined;
      requests.push(JSON.parse(body));
      return answers.shift()?.(JSON.parse(body));
    });
    queue = {
      sqs: new SQSClient({ ...localConfig(proxy.url), useQueueUrlAsEndpoint: false }),
      queueUrl: fixture.cloud.outputs.QueueUrl ?? '',
    };
  });
  beforeEach(() => {
    requests = [];
    answers = [];
  });
  afterAll(async () => {
    proxy.stop();
    await fixture.stop();
  });

  /** SQS takes all but some of a request's messages. */
  const refusing =
    (isRefused: (id: string) => boolean, SenderFault = false) =>
    ({ Entries }: Request): AwsAnswer => ({
      body: JSON.stringify({
        Successful: Entries.filter(({ Id }) => !isRefused(Id)).map(({ Id, MessageBody }) => ({
          Id,
          MessageId: Id,
          MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
        })),
        Failed: Entries.filter(({ Id }) => isRefused(Id)).map(({ Id }) => ({
          Id,
          SenderFault,
          Code: 'InternalError',
          Message: 'Try again.',
        })),
      }),
    });
  const bodiesIn = (sent: readonly Request[]) =>
    sent.map(({ Entries }) => Entries.map(({ MessageBody }) => MessageBody));
  const numbered = (count: number) => Array.from({ length: count }, (_, i) => `event ${i}`);

  test('events of any keys arrive, ten a request, each in the group of a backfill', async () => {
    const keys = [...ODD_KEYS, ...numbered(16)];
    const events = keys.map(key => eventOf(difference(key), fixture.bucket) ?? '');
    await sendEvents(queue, events);
    expect(requests.map(({ Entries }) => Entries.length)).toEqual([10, 10, 1]);
    const groups = requests.flatMap(({ Entries }) => Entries.map(({ MessageGroupId }) => MessageGroupId));
    expect(new Set(groups)).toEqual(new Set(['backfill']));
    const received: string[] = [];
    while (received.length < keys.length) {
      const { Messages = [] } = await fixture.sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: queue.queueUrl,
          MaxNumberOfMessages: 10,
          VisibilityTimeout: 600,
          WaitTimeSeconds: 1,
        }),
      );
      received.push(
        ...Messages.flatMap(({ Body = '' }) => sourcesOf(JSON.parse(Body)).map(({ key }) => key)),
      );
    }
    expect(received.sort()).toEqual([...keys].sort());
  });

  test('only what SQS did not take is sent again', async () => {
    answers = [undefined, refusing(id => Number(id) % 2 === 1), refusing(id => id === '3')];
    const events = numbered(15);
    await sendEvents(queue, events);
    const batch = events.slice(10);
    expect(bodiesIn(requests)).toEqual([events.slice(0, 10), batch, [batch[1], batch[3]], [batch[3]]]);
  });

  test('a message of which SQS says nothing is sent again', async () => {
    answers = [() => ({ body: JSON.stringify({ Successful: [], Failed: [] }) })];
    await sendEvents(queue, ['an event']);
    expect(bodiesIn(requests)).toEqual([['an event'], ['an event']]);
  });

  test('after five requests it is given up', async () => {
    answers = Array.from({ length: 5 }, () => refusing(() => true));
    const given = sendEvents(queue, numbered(2));
    await expect(given).rejects.toThrow(MessagesNotSent);
    await expect(given).rejects.toThrow('SQS did not take 2 messages: InternalError Try again.');
    expect(requests).toHaveLength(5);
  });

  test('a message that is at fault itself is not sent again', async () => {
    answers = [refusing(id => id === '0', true)];
    await expect(sendEvents(queue, numbered(3))).rejects.toThrow('SQS did not take 1 messages');
    expect(requests).toHaveLength(1);
  });

  test('a queue that is not there is said to be so', async () => {
    const gone = { ...queue, queueUrl: `${queue.queueUrl}-gone` };
    await expect(sendEvents(gone, ['an event'])).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
  });
});
