import {
  ChangeMessageVisibilityCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { type Fixture, startFixture } from './fixture';

let fixture: Fixture;
afterEach(() => fixture.stop());

const QueueUrl = () => fixture.cloud.outputs.QueueUrl;

/** A queue that only the test receives from. */
const withoutFunction = () =>
  startFixture({ notifications: [], mapping: { Enabled: false }, queue: { VisibilityTimeout: 600 } });

/** Sends `count` messages `<name> <number>`, ten at a time. */
async function send(name: string, count: number, MessageGroupId?: string): Promise<void> {
  const entries = Array.from({ length: count }, (_, number) => ({
    Id: `${number}`,
    MessageBody: `${name} ${number}`,
    ...(MessageGroupId && { MessageGroupId }),
  }));
  for (let i = 0; i < count; i += 10) {
    const Entries = entries.slice(i, i + 10);
    const { Failed = [] } = await fixture.sqs.send(
      new SendMessageBatchCommand({ QueueUrl: QueueUrl(), Entries }),
    );
    expect(Failed).toEqual([]);
  }
}

async function receive(MaxNumberOfMessages = 10): Promise<Message[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl: QueueUrl(),
    MaxNumberOfMessages,
    MessageSystemAttributeNames: ['All'],
  });
  return (await fixture.sqs.send(command)).Messages ?? [];
}

const bodies = (messages: readonly Message[]) => messages.map(({ Body }) => Body);

test('a message without a group is received before the 2,000 of a group that were sent before it', async () => {
  fixture = await withoutFunction();
  await send('backfill', 2000, 'backfill');
  expect(bodies(await receive(3))).toEqual(['backfill 0', 'backfill 1', 'backfill 2']);
  await send('upload', 1);
  expect(bodies(await receive(3))).toEqual(['upload 0', 'backfill 3', 'backfill 4']);
  expect(bodies(await receive(1))).toEqual(['backfill 5']);
});

test('also when nothing is in flight yet', async () => {
  fixture = await withoutFunction();
  await send('backfill', 20, 'backfill');
  await send('upload', 2);
  expect(bodies(await receive(3))).toEqual(['upload 0', 'upload 1', 'backfill 0']);
});

test('a group with few messages does not wait for one with many', async () => {
  fixture = await withoutFunction();
  await send('many', 100, 'many');
  await send('few', 3, 'few');
  expect(bodies(await receive(6))).toEqual(['few 0', 'many 0', 'few 1', 'many 1', 'few 2', 'many 2']);
  expect(bodies(await receive(2))).toEqual(['many 3', 'many 4']);
});

test('without groups the oldest is first', async () => {
  fixture = await withoutFunction();
  await send('upload', 12);
  expect(bodies(await receive())).toEqual(Array.from({ length: 10 }, (_, number) => `upload ${number}`));
});

test('a message that is visible again keeps its group', async () => {
  fixture = await withoutFunction();
  await send('backfill', 1, 'backfill');
  const [{ ReceiptHandle } = {}] = await receive();
  const visible = { QueueUrl: QueueUrl(), ReceiptHandle, VisibilityTimeout: 0 };
  await fixture.sqs.send(new ChangeMessageVisibilityCommand(visible));
  expect((await receive())[0]?.Attributes).toMatchObject({
    MessageGroupId: 'backfill',
    ApproximateReceiveCount: '2',
  });
});

test('the group is an attribute of the message, and survives a restart and an equal body', async () => {
  fixture = await withoutFunction();
  const body = { QueueUrl: QueueUrl(), MessageBody: 'x' };
  await fixture.sqs.send(new SendMessageCommand({ ...body, MessageGroupId: 'one' }));
  const Entries = [
    { Id: '1', MessageBody: 'x', MessageGroupId: 'two' },
    { Id: '2', MessageBody: 'x' },
    { Id: '3', MessageBody: 'x', MessageGroupId: 'three' },
  ];
  await fixture.sqs.send(new SendMessageBatchCommand({ QueueUrl: QueueUrl(), Entries }));
  await fixture.restart();
  const groups = (await receive()).map(({ Attributes }) => Attributes?.MessageGroupId ?? 'none');
  expect(groups.sort()).toEqual(['none', 'one', 'three', 'two']);
});

test.each(['', 'a b', 'ñ', 'x'.repeat(129)])('%j is refused as a group', async MessageGroupId => {
  fixture = await withoutFunction();
  const message = { QueueUrl: QueueUrl(), MessageBody: 'x', MessageGroupId };
  await expect(fixture.sqs.send(new SendMessageCommand(message))).rejects.toThrow('1 to 128 characters');
  expect(await receive()).toEqual([]);
});

test('the function gets the group with the message', async () => {
  fixture = await startFixture({ notifications: [] });
  await send('a', 1, 'backfill');
  await send('b', 1);
  await fixture.cloud.drain();
  const groups = fixture.received().map(({ body, attributes }) => [body, attributes.MessageGroupId]);
  expect(groups.sort()).toEqual([
    ['a 0', 'backfill'],
    ['b 0', undefined],
  ]);
});

test('a dead letter keeps its group', async () => {
  fixture = await startFixture({
    notifications: [],
    maxReceiveCount: 1,
    queue: { VisibilityTimeout: 0 },
    mapping: { Enabled: false },
  });
  await send('poison', 1, 'backfill');
  await receive();
  expect(await receive()).toEqual([]);
  const QueueUrl = fixture.cloud.outputs.DeadLetterQueueUrl;
  const command = new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['MessageGroupId'] });
  const { Messages } = await fixture.sqs.send(command);
  expect(Messages?.[0]?.Attributes).toEqual({ MessageGroupId: 'backfill' });
});
