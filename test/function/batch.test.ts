import type { SQSRecord } from 'aws-lambda';
import { processBatch } from '../../lambda/thumbnail/batch';

function message(key: string): SQSRecord {
  const body = JSON.stringify({ Records: [{ s3: { bucket: { name: 'fotos' }, object: { key } } }] });
  return { messageId: `id of ${key}`, body } as SQSRecord;
}

async function run(messages: SQSRecord[], faulty: readonly string[] = []) {
  const seen: string[] = [];
  const failed: string[] = [];
  const answer = await processBatch(messages, {
    process: async ({ key }) => {
      seen.push(key);
      if (faulty.includes(key)) throw new Error(`no luck with ${key}`);
    },
    failed: (messageId, cause) => failed.push(`${messageId}: ${(cause as Error).message}`),
  });
  return { seen, failed, returned: answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) };
}

test('only what failed is given back, and is told', async () => {
  const { seen, returned, failed } = await run([message('1'), message('2'), message('3')], ['2']);
  expect(seen).toEqual(['1', '2', '3']);
  expect(returned).toEqual(['id of 2']);
  expect(failed).toEqual(['id of 2: no luck with 2']);
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
