import { createHash } from 'node:crypto';
import { DeleteObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { SOURCE_ETAG } from '../../lambda/thumbnail/model/keys';
import { inParallel } from '../../ops/in-parallel';
import { objectsOf } from '../e2e/deployed';
import { photo } from '../e2e/harness';
import { eventOf, type Said, type startCommand } from '../ops/installation';

/** Where the scenario is played: the stack with a bucket that announces nothing, as an existing one before its first day. */
export interface Stage {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly bucket: string;
  readonly deadLetterQueueUrl: string;
  /** Deploys the stack, in place of the one before, with these settings of cdk.json. */
  deploy(settings: object): Promise<void>;
  /** Runs `npm run backfill` on it. */
  backfill(...args: readonly string[]): Promise<Said>;
  /** Begins `npm run backfill` so that each message that it sends is known before SQS gets it. */
  recorded(
    onBatch: (keys: readonly string[], command: Recorded) => void,
    ...args: readonly string[]
  ): Promise<Recorded & { readonly said: Promise<Said> }>;
  stop(): Promise<void>;
}

export type Recorded = Pick<ReturnType<typeof startCommand>, 'child'>;

/** How many of each. The last four are parts of the sources, but for the orphans. */
export interface Numbers {
  readonly sources: number;
  readonly missing: number;
  readonly stale: number;
  readonly orphans: number;
  readonly failing: number;
}

const SMALL = { prefix: 'miniaturas/', width: 200, height: 200 };
const LARGER = { ...SMALL, width: 320, height: 320 };
const WEB = { prefix: 'web/', suffix: '.webp', width: 64, height: 64, format: 'webp' };

/** The keys are of all kinds that make trouble somewhere: spaces, plus, accents, emoji, folders. */
const NAMES = ['photo', 'año + ñ', 'albums/2019/IMG_', '写真', 'a&b=c%2B', '😀'];
const keyOf = (i: number) => `${NAMES[i % NAMES.length]} ${i}.jpg`;
const AT_ONCE = 16;

/** Plays the life of a bucket that has been there for long; each test begins where the one before ended. */
export function playScenario(open: () => Promise<Stage>, numbers: Numbers): void {
  let stage: Stage;
  let image: Buffer;
  const { sources, missing, stale, orphans, failing } = numbers;
  const keys = Array.from({ length: sources }, (_, i) => keyOf(i));
  const [lacking, outdated, rejected] = [
    keys.slice(0, missing),
    keys.slice(missing, missing + stale),
    keys.slice(missing + stale, missing + stale + failing),
  ];
  const gone = Array.from({ length: orphans }, (_, i) => `gone/${keyOf(i)}`);

  beforeAll(async () => {
    image = await photo({ width: 400, height: 300 });
    stage = await open();
    await stage.deploy({ variants: [SMALL] });
    await putThumbnails(outdated, 'of bytes before');
    await putAll(keys.map(key => ({ key, body: image })));
    const fine = keys.filter(key => ![...lacking, ...outdated, ...rejected].includes(key));
    await putThumbnails([...fine, ...gone], `"${createHash('md5').update(image).digest('hex')}"`);
    await addFailures(rejected);
  }, 600_000);
  afterAll(() => stage?.stop());

  test('the dry run tells what is missing, stale, left over and failing', async () => {
    const { code, out, err } = await stage.backfill('--dry-run', '--json');
    expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({
      sent: 0,
      found: {
        sources,
        failing,
        messages: missing + stale + orphans,
        variants: [{ prefix: 'miniaturas/', missing, stale, orphans, unwanted: 0, failing }],
      },
    });
    expect(JSON.parse(out).estimate.dollars).toBeGreaterThan(0);
  });

  test('the run repairs exactly those', async () => {
    const before = await etagsBelow('miniaturas/');
    const { code, out, err } = await stage.backfill('--yes', '--json');
    expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({ sent: missing + stale + orphans, failed: 0, complete: true });
    const after = await etagsBelow('miniaturas/');
    const made = [...after].filter(([key, etag]) => before.get(key) !== etag).map(([key]) => key);
    expect(made.sort()).toEqual([...lacking, ...outdated].map(key => `miniaturas/${key}`).sort());
    expect([...before.keys()].filter(key => !after.has(key)).sort()).toEqual(
      gone.map(key => `miniaturas/${key}`).sort(),
    );
  });

  test('a second run finds nothing', async () => {
    const { code, out } = await stage.backfill('--yes', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      sent: 0,
      found: { sources, messages: 0, variants: [{ missing: 0, stale: 0, orphans: 0, failing }] },
    });
  });

  test('killed in the middle and started again it sends nothing twice that was done', async () => {
    const removed = keys.filter(key => !rejected.includes(key));
    await removeAll(removed.map(key => `miniaturas/${key}`));
    const first: string[] = [];
    const half = Math.ceil(removed.length / 2);
    const killed = await stage.recorded(
      (batch, { child }) => {
        first.push(...batch);
        if (first.length >= half) child.kill('SIGKILL');
      },
      ...['--yes', '--no-wait'],
    );
    await killed.said;
    // What came meanwhile is for the run after.
    await putAll([{ key: 'new.jpg', body: image }]);

    const second: string[] = [];
    const resumed = await stage.recorded(batch => second.push(...batch), '--yes', '--json');
    const { code, out, err } = await resumed.said;
    const [, done] = /sent (\d+) of \d+ messages: going on/.exec(err.replaceAll(',', '')) ?? [];
    expect(Number(done)).toBeGreaterThan(0);
    expect(second).toHaveLength(removed.length - Number(done));
    expect(new Set(second).size).toBe(second.length);
    expect(new Set([...first, ...second])).toEqual(new Set(removed));
    expect(code).toBe(1);
    expect(JSON.parse(out).after.variants).toMatchObject([{ missing: 1, stale: 0 }]);

    const third = await stage.backfill('--yes', '--json');
    expect(third.code).toBe(0);
    expect(JSON.parse(third.out)).toMatchObject({ sent: 1, complete: true });
  });

  test('a changed recipe reaches every old image by one command', async () => {
    await stage.deploy({ variants: [LARGER, WEB] });
    const { code, out, err } = await stage.backfill('--yes', '--json');
    expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({
      sent: sources + 1 - failing,
      found: { variants: [{ stale: sources + 1 - failing }, { missing: sources + 1 - failing }] },
      after: { messages: 0 },
    });
    const { image: look } = objectsOf({ ...stage, folder: '' });
    const [some = '', other = ''] = [lacking[0], keys.at(-1)];
    for (const key of [some, other, 'new.jpg']) {
      expect(await look(`miniaturas/${key}`)).toMatchObject({ width: 320, height: 240 });
      expect(await look(`web/${key}.webp`)).toMatchObject({ width: 64, height: 48 });
    }
    expect(JSON.parse((await stage.backfill('--dry-run', '--json')).out).found.messages).toBe(0);
  });

  test('the thumbnails of a removed variant go by one command, and nothing else', async () => {
    await putAll([{ key: 'web/of mine.webp', body: image }]);
    await stage.deploy({ variants: [LARGER] });
    const told = await stage.backfill('--dry-run', '--json');
    expect(JSON.parse(told.out).found).toMatchObject({ leftovers: sources + 2 - failing, messages: 0 });
    const { code, out, err } = await stage.backfill('--remove', '--yes', '--json');
    expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({ sent: 0, removed: sources + 1 - failing, complete: true });
    expect([...(await etagsBelow('web/')).keys()]).toEqual(['web/of mine.webp']);
    expect((await etagsBelow('miniaturas/')).size).toBe(sources + 1 - failing);
  });

  function putAll(
    objects: readonly { readonly key: string; readonly body: Buffer | string }[],
    sourceEtag?: string,
  ) {
    return inParallel(objects, { atOnce: AT_ONCE }, async ({ key: Key, body: Body }) => {
      const Metadata = sourceEtag === undefined ? {} : { [SOURCE_ETAG]: sourceEtag };
      await stage.s3.send(new PutObjectCommand({ Bucket: stage.bucket, Key, Body, Metadata }));
    });
  }

  /** Thumbnails as we make them, but for their pixels. */
  function putThumbnails(of: readonly string[], sourceEtag: string) {
    return putAll(
      of.map(key => ({ key: `miniaturas/${key}`, body: 'a thumbnail' })),
      sourceEtag,
    );
  }

  function removeAll(all: readonly string[]) {
    return inParallel(all, { atOnce: AT_ONCE }, async Key => {
      await stage.s3.send(new DeleteObjectCommand({ Bucket: stage.bucket, Key }));
    });
  }

  async function addFailures(of: readonly string[]) {
    await inParallel(of, { atOnce: 1 }, async key => {
      const Entries = [{ Id: '0', MessageBody: eventOf(key, stage.bucket) }];
      await stage.sqs.send(new SendMessageBatchCommand({ QueueUrl: stage.deadLetterQueueUrl, Entries }));
    });
  }

  async function etagsBelow(prefix: string): Promise<Map<string, string>> {
    const { etags } = objectsOf({ ...stage, folder: '' });
    return new Map((await etags(prefix)).map(({ key, etag }) => [key, etag]));
  }
}
