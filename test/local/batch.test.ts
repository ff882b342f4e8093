import { failedMessageIds } from '../../local/events/batch';

// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
test.each([
  { answer: null, failed: [] },
  { answer: {}, failed: [] },
  { answer: { batchItemFailures: null }, failed: [] },
  { answer: { batchItemFailures: [] }, failed: [] },
  { answer: { batchItemFailures: [{ itemIdentifier: 'b' }] }, failed: ['b'] },
  { answer: { batchItemFailures: [{ itemIdentifier: '' }] }, failed: ['a', 'b'] },
  { answer: { batchItemFailures: [{ itemIdentifier: null }] }, failed: ['a', 'b'] },
  { answer: { batchItemFailures: [{ identifier: 'a' }] }, failed: ['a', 'b'] },
  { answer: { batchItemFailures: [{ itemIdentifier: 'a' }, { itemIdentifier: 'x' }] }, failed: ['a', 'b'] },
  { answer: { batchItemFailures: [null] }, failed: ['a', 'b'] },
  { answer: { batchItemFailures: 'a' }, failed: ['a', 'b'] },
  { answer: 'a', failed: ['a', 'b'] },
])('the answer $answer fails $failed of a and b', ({ answer, failed }) => {
  expect(failedMessageIds(['a', 'b'], answer)).toEqual(failed);
});
