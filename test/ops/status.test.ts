import type { AwsFacts, Facts } from '../../ops/status/facts';
import { findingsOf } from '../../ops/status/findings';
import { errorOf } from '../../ops/status/log';
import { headingsOf } from '../docs/page';
import { type Installation, rejectedSources, runCommand, startInstallation } from './installation';

const AWS: AwsFacts = {
  takesMessages: true,
  alarms: { configured: 7, raised: [] },
  function: { invocations: 12, errors: 0, throttles: 0 },
  log: { outcomes: [{ what: 'created', count: 120 }], errors: [], complete: true },
};
const WELL: Facts = {
  name: 'Miniaturas',
  queue: { waiting: 3, inFlight: 10, oldestSeconds: 4, waitingBefore: 0 },
  failures: { count: 0, reasons: [], read: 0 },
  aws: AWS,
};

test('well: nothing to say, though messages wait', () => {
  expect(findingsOf(WELL)).toEqual([]);
});

test.each<[string, Facts, RegExp, string]>([
  [
    'function broken',
    {
      ...WELL,
      aws: {
        ...AWS,
        function: { invocations: 12, errors: 9, throttles: 0 },
        log: {
          ...AWS.log,
          errors: [{ what: "Runtime.ImportModuleError: Cannot find module 'sharp'", count: 9 }],
        },
      },
    },
    /^The function fails: in the last hour 9 of 12 invocations ended in an error, most often: Runtime.* 'sharp'$/,
    'the-function-fails',
  ],
  [
    'function that gives every message back',
    { ...WELL, aws: { ...AWS, log: { ...AWS.log, errors: [{ what: 'AccessDenied: no', count: 40 }] } } },
    /^The function fails: in the last hour 40 tries ended in an error, most often: AccessDenied: no$/,
    'the-function-fails',
  ],
  [
    'function held back',
    { ...WELL, aws: { ...AWS, function: { ...AWS.function, throttles: 5 } } },
    /^Lambda refused to run the function 5 times/,
    'lambda-holds-the-function-back',
  ],
  [
    'queue growing',
    { ...WELL, queue: { waiting: 900, inFlight: 100, oldestSeconds: 1500, waitingBefore: 20 } },
    /^The queue grows: 900 messages wait, 20 an hour ago, the oldest for 25 minutes\.$/,
    'messages-wait-too-long',
  ],
  [
    'queue behind',
    { ...WELL, queue: { waiting: 900, inFlight: 100, oldestSeconds: 1500, waitingBefore: 9000 } },
    /^The queue is behind: 900 messages wait/,
    'messages-wait-too-long',
  ],
  [
    'failures',
    { ...WELL, failures: { count: 5000, read: 1000, reasons: [{ what: 'damaged', count: 1000 }] } },
    /^5000 images have failed and are kept, of the first 1000: 1000 × damaged\. To see them: npm run failures$/,
    'images-without-a-thumbnail',
  ],
  [
    'brake on',
    { ...WELL, queue: { waiting: 7, inFlight: 0 }, aws: { ...AWS, takesMessages: false } },
    /^The brake is on: the function gets no images, and 7 messages wait\. To go on: npm run brake -- --release$/,
    'the-brake-is-on',
  ],
  [
    'an alarm',
    {
      ...WELL,
      aws: {
        ...AWS,
        alarms: {
          configured: 7,
          raised: [
            {
              description: 'It is bad. What to do: docs/runbook.md#it-costs-too-much',
              since: new Date('2026-11-25T14:40:11Z'),
            },
          ],
        },
      },
    },
    /^An alarm is raised since 2026-11-25T14:40Z: It is bad\.$/,
    'it-costs-too-much',
  ],
])('%s: one sentence names the cause, and an entry of the runbook', (_, facts, sentence, entry) => {
  const findings = findingsOf(facts);
  expect(findings).toEqual([{ sentence: expect.stringMatching(sentence), entry }]);
  expect(headingsOf('runbook.md')).toContain(entry);
});

test('the brake is named before the queue that grows by it', () => {
  const queue = { waiting: 900, inFlight: 0, oldestSeconds: 1500, waitingBefore: 20 };
  const [first, second] = findingsOf({ ...WELL, queue, aws: { ...AWS, takesMessages: false } });
  expect(first?.entry).toBe('the-brake-is-on');
  expect(second?.sentence).toMatch(/^The queue grows/);
});

test.each([
  [{ level: 'ERROR', message: { errorType: 'Error', errorMessage: 'no' } }, 'Error: no'],
  [
    { level: 'ERROR', message: { outcome: 'error', messageId: '1', name: 'SlowDown', message: 'wait' } },
    'SlowDown: wait',
  ],
  [{ level: 'ERROR', message: 'in a word' }, 'in a word'],
  [{ type: 'platform.report', record: { status: 'timeout' } }, 'The invocation ended with timeout'],
  [
    { type: 'platform.report', record: { status: 'error', errorType: 'Runtime.ExitError' } },
    'The invocation ended with Runtime.ExitError',
  ],
  [{ type: 'platform.report', record: { status: 'success' } }, undefined],
  [{ level: 'INFO', message: { outcome: 'created' } }, undefined],
  [null, undefined],
])('a line of the log, %j, is the error %j', (line, text) => {
  expect(errorOf(JSON.stringify(line))).toBe(text);
});

describe('the local cloud', () => {
  let installation: Installation;
  const status = (...args: string[]) =>
    runCommand('status', ['--local', '--data', installation.data, ...args]);
  beforeAll(async () => {
    installation = await startInstallation();
  });
  afterAll(() => installation.stop());

  test('is well while nothing has failed', async () => {
    const { code, out } = await status();
    expect(out).toBe('The local cloud: all is well.\n\nQueue: 0 waiting, 0 in flight. Failures kept: 0.\n');
    expect(code).toBe(0);
  });

  test('is not once something has: the reasons, exit code 1, and the same as JSON', async () => {
    await installation.addDeadLetters([...rejectedSources(12), { body: 'no event', reason: 'empty' }]);
    const { code, out } = await status();
    expect(out).toMatch(
      /^The local cloud: not well\.\n- 13 images have failed and are kept: 12 × damaged, 1 × empty\./,
    );
    expect(code).toBe(1);
    const { well, failures } = JSON.parse((await status('--json')).out);
    expect({ well, failures }).toMatchObject({ well: false, failures: { count: 13, read: 13 } });
    // Looking takes nothing out.
    expect(JSON.parse((await status('--json')).out).failures.count).toBe(13);
  });
});
