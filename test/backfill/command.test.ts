import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { SOURCE_ETAG } from '../../lambda/thumbnail/model/keys';
import { inParallel } from '../../ops/in-parallel';
import { countsOf } from '../../ops/queues';
import { runnableBlocks } from '../docs/page';
import { objectsOf } from '../e2e/deployed';
import {
  type AwsAnswer,
  type AwsRequest,
  type Installation,
  runCommand,
  standBefore,
  startCommand,
  startInstallation,
} from '../ops/installation';
import { variant } from '../support/variant';

const VARIANT = variant();
const SETTINGS = {
  variants: [{ ...VARIANT, except: ['private/'] }],
  extensions: ['jpg'],
  gamut: 'srgb',
  keepCopyright: false,
};

let installation: Installation;
beforeEach(async () => {
  installation = await startInstallation({
    environment: { MINIATURAS_SETTINGS: JSON.stringify(SETTINGS) },
    // Messages are to be counted, not worked on.
    mapping: { Enabled: false },
  });
});
afterEach(() => installation.stop());

const args = () => ['--local', '--data', installation.data];
const backfill = (...more: string[]) => runCommand('backfill', [...args(), ...more]);
const waiting = async () => (await countsOf(installation.queues.sqs, installation.queues.queueUrl)).visible;
const keys = () => objectsOf({ ...installation.fixture, folder: '' }).keys();

async function put(names: readonly string[], metadata: Record<string, string> = {}): Promise<void> {
  const { s3, bucket } = installation.fixture;
  await inParallel(names, { atOnce: 8 }, async Key => {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: Key, Metadata: metadata }));
  });
}

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `photo ${i}.jpg`);

test('a person reads what is wrong, what it costs and what was left out', async () => {
  await put(['a.jpg', 'b.jpg', 'c.jpg', 'notes.txt', 'private/d.jpg']);
  await put(['miniaturas/b.jpg', 'miniaturas/gone.jpg', 'miniaturas/private/d.jpg'], {
    [SOURCE_ETAG]: '"x"',
  });
  await installation.addDeadLetters([{ body: eventFor('c.jpg'), reason: 'damaged' }]);
  const { code, out } = await backfill('--dry-run');
  expect(out.split('\n')).toEqual([
    'Bucket fixture-bucket: 3 sources, and 2 objects that are none (not watched, or for no variant).',
    '',
    'Thumbnails    missing  stale  orphans  unwanted  left out',
    expect.stringMatching(/^miniaturas\/… +1 +[01] +1 +1 +1$/),
    '',
    'Left out: 1 source among the failures (npm run failures tells why; once mended: npm run redrive).',
    '1 object that no variant wants any more; --remove removes those that are thumbnails.',
    expect.stringMatching(/^[23] sources to look at again: about \$0\.01, and 1 minute or longer/),
    '',
  ]);
  expect(code).toBe(0);
  expect(await waiting()).toBe(0);
});

test('a bucket that is as it should be needs nothing', async () => {
  const { code, out } = await backfill();
  expect({ code, out }).toEqual({
    code: 0,
    out: 'Bucket fixture-bucket: 0 sources.\nNothing to make anew.\n',
  });
});

test('nothing is sent without a yes', async () => {
  await put(['a.jpg']);
  const { code, err } = await backfill();
  expect(code).toBe(1);
  expect(err).toBe('Nothing was sent: say --yes where nobody can be asked.\n');
  expect(await waiting()).toBe(0);
});

test('--no-wait ends when all is sent; what waits is not sent again', async () => {
  await put(numbered(25));
  const first = await backfill('--yes', '--no-wait');
  expect(first.out).toContain('25 messages sent.');
  expect(first.code).toBe(0);
  const second = await backfill('--yes', '--no-wait');
  expect(second.out).toMatch(/sent 25 of 25 messages, of which some are among the 25 that are under way/);
  expect(await waiting()).toBe(25);
});

test('--prefix takes the sources that begin so, and no others', async () => {
  await put(['a.jpg', 'albums', 'albums/1.jpg', 'albums/2.jpg', 'albumsb.jpg']);
  await put(['miniaturas/albums/gone.jpg', 'miniaturas/gone.jpg']);
  const { out } = await backfill('--dry-run', '--json', '--prefix', 'albums/');
  expect(JSON.parse(out).found).toMatchObject({ sources: 2, variants: [{ missing: 2, orphans: 1 }] });
});

test('--older-than makes stale what is older', async () => {
  await put(['a.jpg']);
  await put(['miniaturas/a.jpg'], { [SOURCE_ETAG]: '"0cc175b9c0f1b6a831c399e269772661"' });
  const time = new Date().toISOString();
  await put(['b.jpg', 'miniaturas/b.jpg']);
  const { out } = await backfill('--dry-run', '--json', '--older-than', time);
  expect(JSON.parse(out).found.variants[0].stale).toBeGreaterThanOrEqual(1);
});

test('--remove removes the thumbnails of sources that a variant leaves out, and no other objects', async () => {
  await put(['private/a.jpg', 'private/b.jpg', 'miniaturas/private/a.jpg']);
  await put(['miniaturas/private/b.jpg'], { [SOURCE_ETAG]: '"x"' });
  const { code, out } = await backfill('--yes', '--remove');
  expect(out).toContain('Removed 1 thumbnail that no variant wants any more.');
  expect(out).toContain('Left alone: 1 object there that this app did not make.');
  expect(await keys()).toEqual(['miniaturas/private/a.jpg', 'private/a.jpg', 'private/b.jpg']);
  expect(code).toBe(0);
});

test('interrupted it says how to go on, and goes on', async () => {
  await put(numbered(500));
  let batches = 0;
  const between = await standBefore(installation.fixture.cloud.endpoint, ({ action }) => {
    if (action.endsWith('SendMessageBatch') && ++batches === 2) running.child.kill('SIGINT');
    return undefined;
  });
  installation.redirect(between.url);
  const running = startCommand('backfill', [...args(), '--yes', '--no-wait']);
  const { code, out, err } = await running.said;
  between.stop();
  installation.redirect(installation.fixture.cloud.endpoint);
  expect(code).toBe(130);
  expect(out).toMatch(/\d+ of 500 messages are sent; the same command goes on with the rest\./);
  expect(err).toBe('Interrupted.\n');
  const sent = await waiting();
  expect(sent).toBeLessThan(500);
  const again = await backfill('--yes', '--no-wait');
  expect(again.out).toMatch(new RegExp(`sent ${sent} of 500 messages: going on with the rest\\.`));
  expect(await waiting()).toBe(500);
});

test('a run of other options is set aside', async () => {
  await put(numbered(20));
  let batches = 0;
  const between = await standBefore(installation.fixture.cloud.endpoint, ({ action }) => {
    if (!action.endsWith('SendMessageBatch') || ++batches === 1) return undefined;
    const Failed = Array.from({ length: 10 }, (_, i) => ({ Id: `${i}`, SenderFault: true, Code: 'No' }));
    return { body: JSON.stringify({ Failed }) };
  });
  installation.redirect(between.url);
  const { code, out } = await backfill('--yes', '--no-wait');
  expect(code).toBe(1);
  expect(out).toContain(
    '10 messages could not be sent (SQS did not take 10 messages: No): the same command sends them.',
  );
  between.stop();
  installation.redirect(installation.fixture.cloud.endpoint);
  const other = await backfill('--yes', '--no-wait', '--prefix', 'photo 1');
  expect(other.out).toMatch(/sent 10 of 20 messages\. It is set aside, as it was for other options\./);
  expect(other.out).toContain('11 messages sent.');
});

test('a dry run leaves what another run keeps alone', async () => {
  await put(numbered(5));
  await backfill('--yes', '--no-wait');
  await backfill('--dry-run');
  expect(existsSync(join(installation.data, 'backfill/fixture-bucket/plan.json'))).toBe(true);
  expect(existsSync(join(installation.data, 'backfill/fixture-bucket.dry-run'))).toBe(false);
});

test.each([
  [
    ['--older-than', 'yesterday'],
    /^Expected a date such as 2026-11-25 .* for --older-than but received yesterday\.$/,
  ],
  [['--older-than', '2026-02-31T00:00'], /^Expected a date/],
  [['--older-than', '2999-01-01'], /^Expected a time that is past for --older-than but received 2999-01-01/],
  [['--oldest'], /^Unknown option '--oldest'\. See `npm run backfill -- --help`\.$/],
])('%j is answered with a sentence', async (wrong, sentence) => {
  const { code, err } = await backfill(...wrong);
  expect(err.trim()).toMatch(sentence);
  expect(code).toBe(2);
});

test('the commands of docs/backfill.md run', async () => {
  const [block] = runnableBlocks('backfill.md');
  const code = block?.code.replaceAll('--local', `--local --data ${installation.data}`) ?? 'false';
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', code]);
  expect(stdout.trim().split('\n').at(-1)).toMatch(/^\{"found":.*"complete":true\}$/);
});

describe('on AWS', () => {
  const xml = (body: string): AwsAnswer => ({ type: 'text/xml', body });
  const error = (status: number, code: string, more = ''): AwsAnswer => ({
    status,
    ...xml(`<Error><Code>${code}</Code><Message>No.</Message>${more}</Error>`),
  });

  /** What our stack looks like through AWS's API. */
  function stackAnswer({ url, action }: AwsRequest, withRecipe = true): AwsAnswer | undefined {
    if (action === 'DescribeStacks') {
      const outputs = {
        ...installation.fixture.cloud.outputs,
        FunctionName: 'thumbnailer',
        ...(withRecipe && { RecipeParameter: 'recipe' }),
      };
      const members = Object.entries(outputs).map(
        ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
      );
      return xml(
        `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks>
         <member><StackName>Miniaturas</StackName><Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
      );
    }
    const json = (value: object) => ({ type: 'application/json', body: JSON.stringify(value) });
    if (url.includes('/functions/thumbnailer/configuration'))
      return json({
        MemorySize: 1769,
        Timeout: 1,
        Architectures: ['arm64'],
        Environment: { Variables: { MINIATURAS_SETTINGS: JSON.stringify(SETTINGS) } },
      });
    if (url.includes('/event-source-mappings'))
      return json({ EventSourceMappings: [{ BatchSize: 10, ScalingConfig: { MaximumConcurrency: 7 } }] });
    if (action === 'AmazonSSM.GetParameterHistory') {
      const { variants, gamut, keepCopyright } = SETTINGS;
      const value = (over: object) => JSON.stringify({ variants, gamut, keepCopyright, ...over });
      const web = { ...VARIANT, prefix: 'web/' };
      return {
        body: JSON.stringify({
          Parameters: [
            {
              Value: value({ variants: [{ ...VARIANT, width: 100 }, web] }),
              LastModifiedDate: 1_700_000_000,
            },
            { Value: value({}), LastModifiedDate: Date.now() / 1000 - 3600 },
          ],
        }),
      };
    }
    return undefined;
  }

  /** Runs the command on an AWS that answers so, and else as this one. */
  async function onAws(answer: (request: AwsRequest) => AwsAnswer | undefined, ...more: string[]) {
    const between = await standBefore(
      installation.fixture.cloud.endpoint,
      request => answer(request) ?? stackAnswer(request),
    );
    const env = {
      AWS_ENDPOINT_URL: between.url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
    };
    const said = await runCommand('backfill', ['--data', installation.data, ...more], env);
    between.stop();
    return said;
  }

  const isList = ({ url }: AwsRequest) => url.includes('list-type=2');
  const notification = (body: string) => (request: AwsRequest) =>
    request.url.includes('notification')
      ? xml(`<NotificationConfiguration>${body}</NotificationConfiguration>`)
      : undefined;

  test('the settings and the recipes that were come from Lambda and SSM', async () => {
    await put(['a.jpg', 'web/b.jpg']);
    const told = await onAws(notification('<EventBridgeConfiguration/>'), '--dry-run');
    expect(told.out.split('\n').slice(0, 2)).toEqual([
      'Bucket fixture-bucket: 1 source.',
      '1 object where thumbnails of removed variants lie (web/…): taken for no sources.',
    ]);
    expect(told.out).toContain('with 7 functions at once');
    expect(told.out).not.toContain('Warning');
    await put(['c.jpg', 'miniaturas/c.jpg']);
    const old = await onAws(notification(''), '--dry-run', '--json', '--older-than', 'none');
    expect(JSON.parse(old.out).found.leftovers).toBe(1);
  });

  test('a bucket that tells nobody is named, with the next step', async () => {
    const { code, out } = await onAws(notification(''), '--dry-run');
    expect(out).toMatch(/Warning: the bucket tells nobody of new objects.*Turn EventBridge on/);
    expect(code).toBe(0);
  });

  test.each<[string, AwsAnswer, RegExp]>([
    [
      'that is not there',
      error(404, 'NoSuchBucket'),
      /^There is no bucket fixture-bucket: deploy the stack again/,
    ],
    [
      'in another region',
      error(301, 'PermanentRedirect', '<Region>eu-west-1</Region>'),
      /^The bucket fixture-bucket is in /,
    ],
    [
      'without the right to list',
      error(403, 'AccessDenied'),
      /may not list the bucket fixture-bucket: they need s3:ListBucket/,
    ],
  ])('a bucket %s is answered with the next step', async (_, answer, sentence) => {
    const { code, err } = await onAws(request => (isList(request) ? answer : undefined), '--yes');
    expect(err).toMatch(sentence);
    expect(code).toBe(1);
  });

  test('a stack of an older version is to be deployed first', async () => {
    const { code, err } = await onAws(request => stackAnswer(request, false), '--yes');
    expect(err).toMatch(/^The stack Miniaturas is of an older version .*npx cdk deploy/);
    expect(code).toBe(1);
  });
});

function eventFor(key: string): string {
  return JSON.stringify({ Records: [{ s3: { bucket: { name: 'fixture-bucket' }, object: { key } } }] });
}
