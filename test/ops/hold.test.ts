import { type ChangeMessageVisibilityBatchRequestEntry, SQSClient } from '@aws-sdk/client-sqs';
import { deadLetterOf } from '../../ops/dead-letters';
import { holdAll } from '../../ops/hold';
import { countsOf } from '../../ops/queues';
import { localConfig } from '../support/local-config';
import { type Installation, rejectedSources, standBefore, startInstallation } from './installation';

const MANY = 3000;

let installation: Installation;
beforeEach(async () => {
  installation = await startInstallation();
});
afterEach(() => installation.stop());

const counts = () => countsOf(installation.queues.sqs, installation.queues.deadLetterQueueUrl);

test('every one of thousands of messages is read once, and released', async () => {
  await installation.addDeadLetters(rejectedSources(MANY));
  const hold = await holdAll(installation.queues);
  expect(new Set(hold.deadLetters.flatMap(({ keys }) => keys)).size).toBe(MANY);
  expect(await counts()).toMatchObject({ visible: 0, inFlight: MANY });
  expect(await hold.release()).toEqual([]);
  expect(await counts()).toMatchObject({ visible: MANY, inFlight: 0 });
});

test('reading ends although messages become visible again meanwhile', async () => {
  await installation.addDeadLetters(rejectedSources(200));
  // Held for no time at all, each is there again at once.
  const hold = await holdAll(installation.queues, { seconds: 0 });
  expect(hold.deadLetters).toHaveLength(200);
  await hold.release();
});

test('a hold is renewed for as long as it is needed', async () => {
  await installation.addDeadLetters(rejectedSources(25));
  const renewals = new Map<string, number>();
  const twice = Promise.withResolvers<void>();
  const between = await standBefore(installation.fixture.cloud.endpoint, ({ action, body }) => {
    if (!action.endsWith('ChangeMessageVisibilityBatch')) return undefined;
    const { Entries } = JSON.parse(body) as { Entries: ChangeMessageVisibilityBatchRequestEntry[] };
    for (const { ReceiptHandle = '', VisibilityTimeout } of Entries)
      if (VisibilityTimeout === 3) renewals.set(ReceiptHandle, (renewals.get(ReceiptHandle) ?? 0) + 1);
    if (renewals.size === 25 && [...renewals.values()].every(times => times >= 2)) twice.resolve();
    return undefined;
  });
  const sqs = new SQSClient(localConfig(between.url));
  const hold = await holdAll({ ...installation.queues, sqs }, { seconds: 3 });
  await twice.promise;
  expect(await hold.release()).toEqual([]);
  expect(await counts()).toMatchObject({ visible: 25, inFlight: 0 });
  sqs.destroy();
  between.stop();
});

test('messages that another reader holds are counted, not waited for', async () => {
  await installation.addDeadLetters(rejectedSources(30));
  const first = await holdAll(installation.queues);
  const second = await holdAll(installation.queues);
  expect(second.deadLetters).toEqual([]);
  expect(second.before).toMatchObject({ visible: 0, inFlight: 30 });
  await first.release();
});

test('release returns the messages that could not be released', async () => {
  await installation.addDeadLetters(rejectedSources(12));
  const between = await standBefore(installation.fixture.cloud.endpoint, ({ action, body }) => {
    if (!action.endsWith('ChangeMessageVisibilityBatch')) return undefined;
    const ids = (JSON.parse(body).Entries as { Id: string }[]).map(({ Id }) => Id);
    const Failed = [{ Id: ids[0], SenderFault: true, Code: 'ReceiptHandleIsInvalid', Message: 'no' }];
    return { body: JSON.stringify({ Successful: ids.slice(1).map(Id => ({ Id })), Failed }) };
  });
  const sqs = new SQSClient(localConfig(between.url));
  const hold = await holdAll({ ...installation.queues, sqs });
  expect(await hold.release()).toEqual([
    { deadLetter: expect.anything(), why: 'ReceiptHandleIsInvalid: no' },
    { deadLetter: expect.anything(), why: 'ReceiptHandleIsInvalid: no' },
  ]);
  sqs.destroy();
  between.stop();
});

test('a message that SQS moved has no reason, whatever attributes an earlier rejection left', () => {
  const MessageAttributes = { reason: { DataType: 'String', StringValue: 'empty' } };
  const moved = { MessageAttributes, Attributes: { DeadLetterQueueSourceArn: 'arn', SentTimestamp: '0' } };
  expect(deadLetterOf(moved).reason).toBe('failed again and again');
  expect(deadLetterOf({ ...moved, Attributes: { SentTimestamp: '0' } }).reason).toBe('empty');
});
