import { PutObjectCommand } from '@aws-sdk/client-s3';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { tableOf } from '../../ops/failures-table';
import { holdAll } from '../../ops/hold';
import { columnsOf } from '../../ops/table';
import { jsonLine, visible } from '../../ops/visible';
import {
  eventOf,
  type Installation,
  rejectedSources,
  runCommand,
  standBefore,
  startInstallation,
} from './installation';

describe('npm run failures', () => {
  let installation: Installation;
  beforeEach(async () => {
    installation = await startInstallation();
  });
  afterEach(() => installation.stop());

  const failures = (...args: string[]) =>
    runCommand('failures', ['--local', '--data', installation.data, ...args]);
  const put = (key: string) =>
    installation.fixture.s3.send(
      new PutObjectCommand({ Bucket: installation.fixture.bucket, Key: key, Body: 'x' }),
    );

  test('says what both queues hold when there are no failures', async () => {
    expect(await failures()).toEqual({
      code: 0,
      out: `Dead-letter queue: 0 messages.
Main queue: 0 waiting, 0 in flight (being worked on, or waiting for another try), 0 delayed.
No failures, and nothing is under way.
`,
      err: '',
    });
  });

  test('counts the messages that another reader holds', async () => {
    await installation.addDeadLetters(rejectedSources(3));
    const hold = await holdAll(installation.queues);
    const { out } = await failures();
    expect(out).toContain('Dead-letter queue: 0 messages.\n  3 more held by another reader');
    expect(out).toContain('No failure could be read.');
    await hold.release();
  });

  test('lists a source until it is deleted', async () => {
    await installation.addDeadLetters(rejectedSources(3));
    await put('photo 1.jpg');
    const { out, err } = await failures('--json');
    expect(
      out
        .trim()
        .split('\n')
        .map(line => JSON.parse(line).key),
    ).toEqual(['photo 1.jpg']);
    expect(err).toContain('2 more failed and were deleted since');
  });

  test('lists a source that it has no right to look for, and says so', async () => {
    await installation.addDeadLetters(rejectedSources(3));
    const between = await standBefore(installation.fixture.cloud.endpoint, ({ method }) =>
      method === 'HEAD' ? { status: 403, body: '' } : undefined,
    );
    installation.redirect(between.url);
    const { out } = await failures();
    expect(out).toContain('3 × damaged');
    expect(out).toContain('3 are listed without knowing whether they are still there (no right to look).');
    between.stop();
  });

  test('lists each message that is no S3 event, with its id and the beginning of its body', async () => {
    await installation.addDeadLetters(
      ['{}', '[1]', 'not JSON \u0007', `"${'x'.repeat(999)}"`].map(body => ({
        body: body.replace('\u0007', '\t'),
      })),
    );
    const { out } = await failures('--json');
    const listed = out
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(listed.map(({ body }) => body.length).sort((a, b) => a - b)).toEqual([2, 3, 10, 200]);
    expect(new Set(listed.map(({ messageId }) => messageId)).size).toBe(4);
    const { out: table } = await failures();
    expect(table).toContain(`(no S3 event) message ${listed[0].messageId}`);
    expect(table).toContain('not JSON \\x09');
  });

  test('escapes control characters in keys', async () => {
    const key = 'a\u001b[2J\u009b31m\u202egpj.jpg';
    await installation.addDeadLetters([
      { body: eventOf(key), reason: 'damaged', detail: 'It is\nbad \u202e.' },
    ]);
    await put(key);
    const { out } = await failures();
    expect(out).toContain('a\\x1b[2J\\x9b31m\\u202egpj.jpg\n');
    expect(out).toContain('It is bad \\u202e.');
    const { out: json } = await failures('--json');
    expect(JSON.parse(json).key).toBe(key);
    expect(`${out}${json}`).toMatch(/^[\n -~×]*$/);
  });

  test.each([
    ['--prefix', 'nowhere/'],
    ['--reason', 'unsuported'],
    ['--key', 'photo.jpg'],
  ])('%s that matches nothing is answered with what there is', async (...args) => {
    await installation.addDeadLetters(rejectedSources(12));
    const { code, err } = await failures(...args);
    expect(code).toBe(1);
    expect(err).toContain('There are these reasons:\n  12 × damaged\nand these sources:\n  photo 0.jpg');
    expect(err).toContain('… and 2 more');
  });

  test('--prefix narrows the list', async () => {
    await installation.addDeadLetters([...rejectedSources(2, 'a/'), ...rejectedSources(3, 'b/')]);
    for (const key of ['a/0.jpg', 'a/1.jpg', 'b/0.jpg']) await put(key);
    const { out } = await failures('--json', '--prefix', 'a/');
    expect(out.trim().split('\n')).toHaveLength(2);
  });
});

test('a message that waits for its next try is counted as in flight', async () => {
  const installation = await startInstallation({
    handler: `throw new Error('broken');`,
    queue: { VisibilityTimeout: 600 },
  });
  await installation.fixture.sqs.send(
    new SendMessageCommand({ QueueUrl: installation.queues.queueUrl, MessageBody: eventOf('a.jpg') }),
  );
  while (installation.fixture.cloud.waitingMessages() === 0) {
    await new Promise(resolve => setImmediate(resolve));
  }
  const { out } = await runCommand('failures', ['--local', '--data', installation.data]);
  expect(out).toContain('Main queue: 0 waiting, 1 in flight');
  expect(out).toContain('No failures so far; 1 message is not done yet.');
  await installation.stop();
});

describe('the table', () => {
  const failure = {
    key: `albums/${'año '.repeat(30)}.jpg`,
    reason: 'unsupported',
    detail: 'The source looks like text, not like an image that we can read.',
    when: new Date('2026-11-21T23:37:54.123Z'),
    times: 3,
  };

  test.each([40, 80, 140])('fits %d columns, and keeps keys whole', width => {
    const lines = tableOf([failure, { ...failure, key: 'a.jpg' }], width).split('\n');
    expect(lines).toContain(failure.key);
    expect(lines.filter(line => line !== failure.key && columnsOf(line) > Math.max(width, 60))).toEqual([]);
    if (width >= 80) expect(lines).toContain('2026-11-21T23:37:54Z  3      unsupported  a.jpg');
  });
});

test.each([
  ['plain ñ 写真 ‍👩‍🚀 \\', 'plain ñ 写真 ‍👩‍🚀 \\'],
  ['\u0000\n\u001b[2J\u007f\u0085', '\\x00\\x0a\\x1b[2J\\x7f\\x85'],
  ['\u200e\u200f\u202a\u202e\u2066\u2069\u2028', '\\u200e\\u200f\\u202a\\u202e\\u2066\\u2069\\u2028'],
])('%j is shown as %s', (text, shown) => {
  expect(visible(text)).toBe(shown);
  expect(JSON.parse(jsonLine(text))).toBe(text);
  expect(visible(jsonLine(text))).toBe(jsonLine(text));
});

describe('missing credentials, region or stack: one sentence with the next step', () => {
  const nothing = {
    PATH: process.env.PATH,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/nonexistent',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
    AWS_PROFILE: undefined,
    AWS_REGION: undefined,
    AWS_DEFAULT_REGION: undefined,
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    AWS_ENDPOINT_URL: undefined,
  };
  const credentials = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };

  /** An AWS that answers every request so. */
  async function answering(status: number, code: string, message: string) {
    const body = `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
    return standBefore('', () => ({ status, type: 'text/xml', body }));
  }

  test('region', async () => {
    const { code, err } = await runCommand('failures', [], nothing);
    expect(code).toBe(1);
    expect(err).toMatch(/^No AWS region is set: set AWS_REGION, or run .*\n$/);
  });

  test('credentials', async () => {
    const { code, err } = await runCommand('failures', [], { ...nothing, AWS_REGION: 'us-east-1' });
    expect(code).toBe(1);
    expect(err).toMatch(/^No AWS credentials were found: run `aws configure` .*\n$/);
  });

  test.each([
    [
      400,
      'ValidationError',
      'Stack with id Mine does not exist',
      /^No stack Mine in eu-west-1: deploy it .*--local\.\n$/,
    ],
    [
      403,
      'ExpiredToken',
      'The security token is expired',
      /^AWS does not accept these credentials, or no longer.*\n$/,
    ],
    [
      403,
      'AccessDenied',
      'not authorized to perform: x',
      /^These credentials lack a right.*not authorized.*\n$/,
    ],
  ])('%d %s', async (status, code, message, sentence) => {
    const aws = await answering(status, code, message);
    const env = { ...nothing, ...credentials, AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: aws.url };
    const said = await runCommand('failures', ['--stack', 'Mine'], env);
    expect(said.code).toBe(1);
    expect(said.err).toMatch(sentence);
    aws.stop();
  });

  test('a local cloud that is not there any more', async () => {
    const installation = await startInstallation();
    const free = await standBefore('', () => undefined);
    free.stop();
    installation.redirect(free.url);
    const { err } = await runCommand('failures', ['--local', '--data', installation.data]);
    expect(err).toMatch(/^Nothing answers there: is the local cloud still running\?.*\n$/);
    await installation.stop();
  });
});
