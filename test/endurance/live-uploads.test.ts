import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { HeadObjectCommand, NotFound, PutObjectCommand } from '@aws-sdk/client-s3';
import sharp from 'sharp';
import { type LocalCloud, startLocalCloud } from '../../local/cloud';
import { localClients, publish, publishedOf } from '../../ops/connection';
import { countsOf } from '../../ops/queues';
import { synthesizeStack } from '../e2e/harness';
import { runCommand } from '../ops/installation';
import { longRuns } from '../support/requires';

const SOURCES = 2_000;
const LIVE = 10;
const BUCKET = 'of-before';

longRuns().describe(`live uploads while a backfill of ${SOURCES} is worked on`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'live-'));
  const data = join(folder, 'data');
  let cloud: LocalCloud;
  let image: Buffer;

  beforeAll(async () => {
    image = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#369' } })
      .jpeg()
      .toBuffer();
    mkdirSync(join(folder, 'images'));
    for (let i = 0; i < SOURCES; i++) writeFileSync(join(folder, 'images', `${i}.jpg`), image);
    const assembly = join(folder, 'cdk.out');
    synthesizeStack(assembly, { bucketName: BUCKET });
    const existingBuckets = { [BUCKET]: { folder: join(folder, 'images') } };
    cloud = await startLocalCloud({ assembly, data, existingBuckets, port: 0, log: () => undefined });
    publish(publishedOf(cloud), data);
  }, 120_000);
  afterAll(async () => {
    await cloud?.stop({ drain: false });
    rmSync(folder, { recursive: true, force: true });
  });

  test('their thumbnails are not behind it', async () => {
    const { code } = await runCommand('backfill', ['--local', '--data', data, '--yes', '--no-wait']);
    expect(code).toBe(0);
    const { s3, sqs } = localClients(cloud.endpoint);
    const keys = Array.from({ length: LIVE }, (_, i) => `live/${i}.jpg`);
    for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: image }));
    for (const key of keys) while (!(await exists(`miniaturas/${key}`))) await setTimeout(50);
    const { visible } = await countsOf(sqs, publishedOf(cloud).queueUrl);
    console.info(`${LIVE} live thumbnails were there while ${visible} of ${SOURCES} messages still waited.`);
    expect(visible).toBeGreaterThan(0);

    async function exists(Key: string): Promise<boolean> {
      try {
        await s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key }));
        return true;
      } catch (error) {
        if (error instanceof NotFound) return false;
        throw error;
      }
    }
  }, 120_000);
});
