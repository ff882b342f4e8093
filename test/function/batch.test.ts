import type { SQSRecord } from 'aws-lambda';
import { OutOfTime, processBatch } from '../../lambda/thumbnail/batch';

function message(key: string, receives = 1): SQSRecord {
  const body = JSON.stringify({ Records: [{ s3: { bucket: { name: 'fotos' }, object: { key } } }] });
  return {
    messageId: `id of ${key}`,
    body,
    attributes: { ApproximateReceiveCount: `${receives}` },
  } as SQSRecord;
}

async function run(messages: SQSRecord[], faulty: readonly string[] = [], concurrency = 1) {
  const seen: string[] = [];
  const failed: string[] = [];
  const answer = await processBatch(messages, {
    concurrency,
    process: async ({ key }) => {
      seen.push(key);
      if (faulty.includes(key)) throw new Error(`no luck with ${key}`);
    },
    failed: ({ messageId }, cause) => failed.push(`${messageId}: ${(cause as Error).message}`),
    outOfTime: new AbortController().signal,
  });
  return { seen, failed, returned: answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) };
}

test('only what failed is given back, and is told', async () => {
  const { seen, returned, failed } = await run([message('1'), message('2'), message('3')], ['2']);
  expect(seen).toEqual(['1', '2', '3']);
  expect(returned).toEqual(['id of 2']);
  expect(failed).toEqual(['id of 2: no luck with 2']);
});

test('fresh messages come before those that failed before', async () => {
  const { seen } = await run([message('old', 4), message('new 1'), message('older', 5), message('new 2')]);
  expect(seen).toEqual(['new 1', 'new 2', 'old', 'older']);
});

test('messages that failed before are worked on one by one, and said to be such', async () => {
  let running = 0;
  const seen: string[] = [];
  await processBatch([message('a', 2), message('b', 3), message('c', 1)], {
    concurrency: 5,
    process: async ({ key }, { retried }) => {
      running++;
      await new Promise(setImmediate);
      seen.push(`${key} ${retried} ${running--}`);
    },
    failed: () => undefined,
    outOfTime: new AbortController().signal,
  });
  expect(seen).toEqual(['c false 1', 'a true 1', 'b true 1']);
});

test('when time runs out, what is not done is given back, begun or not', async () => {
  const clock = new AbortController();
  const causes: unknown[] = [];
  const { batchItemFailures } = await processBatch(
    [message('1'), message('2'), message('3'), message('4', 2)],
    {
      concurrency: 1,
      process: async ({ key }) => {
        if (key !== '2') return;
        clock.abort();
        await new Promise(() => undefined);
      },
      failed: (_, cause) => causes.push(cause),
      outOfTime: clock.signal,
    },
  );
  expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual([
    'id of 2',
    'id of 3',
    'id of 4',
  ]);
  expect(causes).toEqual([expect.any(OutOfTime), expect.any(OutOfTime), expect.any(OutOfTime)]);
});

test('a message that is no event is given back alone', async () => {
  const garbage = { ...message('x'), messageId: 'garbage', body: 'not JSON' };
  const { seen, returned } = await run([garbage, message('1')]);
  expect(seen).toEqual(['1']);
  expect(returned).toEqual(['garbage']);
});

test('a test event of S3 is done with at once', async () => {
  const testEvent = { ...message('x'), body: '{"Service":"Amazon S3","Event":"s3:TestEvent"}' };
  expect(await run([testEvent])).toEqual({ seen: [], failed: [], returned: [] });
});

test('no more messages are worked on at once than agreed', async () => {
  let running = 0;
  let most = 0;
  const messages = Array.from({ length: 10 }, (_, i) => message(`${i}`));
  await processBatch(messages, {
    concurrency: 3,
    process: async () => {
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
    },
    failed: () => undefined,
    outOfTime: new AbortController().signal,
  });
  expect(most).toBe(3);
});
