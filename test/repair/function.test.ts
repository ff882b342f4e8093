import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DeleteObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Progress, SliceResult } from '../../lambda/repair/slice';
import { type LocalCloud, startLocalCloud } from '../../local/cloud';
import { addToEnvironment, patchTemplate, photo, synthesizeStack } from '../e2e/harness';
import { localConfig } from '../support/local-config';

const repair = { schedule: 'cron(0 3 * * ? *)' };

interface Installed {
  readonly cloud: LocalCloud;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly log: string[];
  put(key: string, body: string | Uint8Array): Promise<void>;
  remove(key: string): Promise<void>;
  keys(): Promise<string[]>;
  etagInMetadata(key: string): Promise<string | undefined>;
  /** Invokes the function as `aws lambda invoke` does. */
  slice(progress: Progress): Promise<SliceResult>;
  /** One slice after the other, as the state machine has them run, until it is done; then until the queue is empty. */
  run(): Promise<SliceResult[]>;
  stop(): Promise<void>;
}

/** The stack with a bucket that tells nobody of its objects: all thumbnails are the repair's doing. */
async function open(
  data: string,
  {
    settings = {},
    environment = {},
    mapping = {},
  }: Partial<Record<'settings' | 'environment' | 'mapping', object>> = {},
): Promise<Installed> {
  const assembly = join(folder(), 'cdk.out');
  synthesizeStack(assembly, { repair, ...settings });
  patchTemplate(assembly, 'AWS::S3::Bucket', '', { NotificationConfiguration: undefined });
  patchTemplate(assembly, 'AWS::Lambda::EventSourceMapping', '', mapping);
  addToEnvironment(assembly, environment as Record<string, string>);
  const log: string[] = [];
  const cloud = await startLocalCloud({ assembly, data, port: 0, log: line => log.push(line) });
  const config = localConfig(cloud.endpoint);
  const [s3, sqs] = [new S3Client(config), new SQSClient(config)];
  const Bucket = cloud.outputs.BucketName;
  const functionName = cloud.resources.find(
    ({ type, logicalId }) => type === 'AWS::Lambda::Function' && logicalId.startsWith('Repair'),
  )?.name;

  async function slice(progress: Progress): Promise<SliceResult> {
    const path = `/2015-03-31/functions/${functionName}/invocations`;
    const answer = await fetch(cloud.endpoint + path, { method: 'POST', body: JSON.stringify(progress) });
    const body = await answer.json();
    if (!answer.ok || answer.headers.has('x-amz-function-error'))
      throw new Error(`${JSON.stringify(body)}\n${log.join('\n')}`);
    return body as SliceResult;
  }

  return {
    cloud,
    s3,
    sqs,
    log,
    slice,
    put: async (Key, Body) => void (await s3.send(new PutObjectCommand({ Bucket, Key, Body }))),
    remove: async Key => void (await s3.send(new DeleteObjectCommand({ Bucket, Key }))),
    async keys() {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
      return Contents.map(({ Key }) => Key as string);
    },
    async etagInMetadata(Key) {
      return (await s3.send(new HeadObjectCommand({ Bucket, Key }))).Metadata?.['source-etag'];
    },
    async run() {
      const results: SliceResult[] = [];
      do results.push(await slice(results.at(-1) ?? {}));
      while (!results.at(-1)?.done);
      await cloud.drain();
      return results;
    },
    async stop() {
      for (const client of [s3, sqs]) client.destroy();
      await cloud.stop({ drain: false });
    },
  };
}

const folders: string[] = [];
function folder(): string {
  folders.push(mkdtempSync(join(tmpdir(), 'miniaturas-repair-')));
  return folders.at(-1) as string;
}
afterAll(() => {
  for (const one of folders) rmSync(one, { recursive: true, force: true });
});

const totals = (results: readonly SliceResult[]) => results.at(-1)?.totals;
const NOTHING = { missing: 0, stale: 0, orphans: 0, failures: 0, unwanted: 0, notes: [] };
const isThumbnail = (key: string) => key.startsWith('miniaturas/');

/** The tests are the life of one bucket. */
describe('in slices as short as they can be', () => {
  let installed: Installed;
  beforeAll(async () => {
    installed = await open(folder(), { environment: { SLICE_SECONDS: '0' } });
  });
  afterAll(() => installed?.stop());

  const sources = Array.from({ length: 25 }, (_, i) => `fotos/año ${String(i).padStart(2, '0')}+.jpg`);

  test('the state machine and its schedule are named as what the local cloud does not do', () => {
    const uncovered = installed.log.filter(line => line.startsWith('Not covered by the local cloud'));
    expect(uncovered).toEqual([
      expect.stringContaining('AWS::StepFunctions::StateMachine'),
      expect.stringContaining('AWS::Scheduler::Schedule'),
    ]);
  });

  test('an empty bucket is done at once', async () => {
    expect(totals(await installed.run())).toEqual({ ...NOTHING, slices: 1, sources: 0 });
  });

  test('what nobody was told of gets its thumbnails, slice after slice', async () => {
    const jpeg = await photo();
    for (const key of sources) await installed.put(key, jpeg);
    await installed.put('notas.txt', 'no image');
    await installed.put('roto.jpg', 'no image either');
    const results = await installed.run();
    expect(results.length).toBeGreaterThan(2);
    const sent = results.map(({ totals: { missing } }) => missing);
    expect(sent).toEqual([...sent].sort((a, b) => a - b));
    expect(totals(results)).toEqual({
      ...NOTHING,
      slices: results.length,
      sources: 27,
      missing: 26,
    });
    expect((await installed.keys()).filter(isThumbnail)).toEqual(sources.map(key => `miniaturas/${key}`));
  });

  test('a second run finds nothing, and leaves out the failure that is kept', async () => {
    expect(totals(await installed.run())).toMatchObject({ ...NOTHING, sources: 27, failures: 1 });
    // Others can read it as before.
    const { Messages } = await installed.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: installed.cloud.outputs.DeadLetterQueueUrl,
        VisibilityTimeout: 0,
      }),
    );
    expect(Messages).toHaveLength(1);
  });

  test('what was replaced and what is gone is found, also within the second', async () => {
    const [replaced, gone] = sources as [string, string];
    await installed.put(replaced, await photo({ background: '#112233' }));
    await installed.put('miniaturas/nuestro.txt', 'not made by the function');
    await installed.remove(gone);
    const before = await installed.etagInMetadata(`miniaturas/${replaced}`);
    expect(totals(await installed.run())).toMatchObject({ stale: 1, orphans: 1, failures: 1, missing: 0 });
    expect(await installed.etagInMetadata(`miniaturas/${replaced}`)).not.toBe(before);
    expect(await installed.keys()).not.toContain(`miniaturas/${gone}`);
    expect(await installed.keys()).toContain('miniaturas/nuestro.txt');
    expect(totals(await installed.run())).toMatchObject({ stale: 0, orphans: 0 });
  });

  test('the log has a line a slice and one for the run', async () => {
    const results = await installed.run();
    const lines = installed.log
      .flatMap(line => /\{.*\}$/.exec(line)?.[0] ?? [])
      .map(json => JSON.parse(json).message)
      .filter(message => message?.sources !== undefined);
    expect(lines.at(-1)).toEqual({ outcome: 'repaired', ...totals(results) });
    expect(lines.at(-2)).toMatchObject({ outcome: 'slice', ...totals(results) });
  });
});

test('a run ends when it has sent as much as it may, and the next one goes on', async () => {
  const installed = await open(folder(), { settings: { repair: { ...repair, maxSources: 3 } } });
  try {
    const jpeg = await photo();
    for (let i = 0; i < 5; i++) await installed.put(`${i}.jpg`, jpeg);
    expect(totals(await installed.run())).toMatchObject({
      missing: 3,
      notes: ['It ended when 3 sources were sent: the next run goes on.'],
    });
    expect((await installed.keys()).filter(isThumbnail)).toHaveLength(3);
    expect(totals(await installed.run())).toMatchObject({ missing: 2, notes: [] });
    expect((await installed.keys()).filter(isThumbnail)).toHaveLength(5);
  } finally {
    await installed.stop();
  }
});

test('old thumbnails of a variant that there is no more are no sources', async () => {
  const data = folder();
  const variants = [{ prefix: 'viejas/' }, { prefix: 'miniaturas/' }];
  const before = await open(data, { settings: { variants } });
  await before.put('1.jpg', await photo());
  await before.run();
  expect(await before.keys()).toEqual(['1.jpg', 'miniaturas/1.jpg', 'viejas/1.jpg']);
  await before.stop();

  const after = await open(data, { settings: { variants: variants.slice(1) } });
  try {
    expect(totals(await after.run())).toEqual({
      ...NOTHING,
      slices: 1,
      sources: 1,
      notes: ['Left out, because a variant had its thumbnails there once: viejas/'],
    });
    expect(await after.keys()).toEqual(['1.jpg', 'miniaturas/1.jpg', 'viejas/1.jpg']);
  } finally {
    await after.stop();
  }
});

test('a run does not begin while the queue is long', async () => {
  const installed = await open(folder(), { mapping: { Enabled: false } });
  try {
    const Entries = Array.from({ length: 10 }, (_, i) => ({ Id: `${i}`, MessageBody: '{}' }));
    const QueueUrl = installed.cloud.outputs.QueueUrl;
    for (let sent = 0; sent <= 10_000; sent += 10)
      await installed.sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    await installed.put('1.jpg', await photo());
    expect(await installed.slice({})).toMatchObject({
      done: true,
      totals: {
        sources: 0,
        missing: 0,
        notes: ['It did not begin: 10010 messages waited in the queue. The next run looks again.'],
      },
    });
    // One that has begun goes on.
    const begun = { totals: { ...NOTHING, slices: 1, sources: 0 } };
    expect(await installed.slice(begun)).toMatchObject({ done: true, totals: { slices: 2, missing: 1 } });
  } finally {
    await installed.stop();
  }
});
