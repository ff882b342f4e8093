import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runnableBlocks } from '../docs/page';
import { photo } from '../e2e/harness';
import { HOST_ARCHITECTURE } from '../support/host';
import { requires } from '../support/requires';
import { lets, openPlayground, type Playground } from './playground';
import { PYTHON } from './shell';

/** As docs/existing-bucket.md calls it. */
const BUCKET = 'my-photos';
const SETTINGS = { architecture: HOST_ARCHITECTURE, bucketName: BUCKET, extensions: ['jpg'] };

/** The life of a stack on a bucket that was there before it and stays after it. */
requires(PYTHON, 'MINIATURAS_PYTHON (of a venv with test/deploy/requirements.txt)').describe(
  'a bucket that exists already, on an emulator made by others',
  () => {
    jest.setTimeout(240_000);
    let cloud: Playground;
    let file: string;
    const s3api = async (...args: string[]) => JSON.parse((await cloud.aws('s3api', ...args)) || '{}');
    const put = (key: string) => cloud.aws('s3', 'cp', file, `s3://${BUCKET}/${key}`);

    beforeAll(async () => {
      cloud = await openPlayground();
      file = join(cloud.folder, 'photo');
      writeFileSync(file, await photo());
      await cloud.aws('s3', 'mb', `s3://${BUCKET}`);
      await put('of before.jpg');
      const attributes = JSON.stringify({ Policy: lets('s3.amazonaws.com', 'sqs:SendMessage', QUEUE_ARN) });
      await cloud.aws('sqs', 'create-queue', '--queue-name', 'of-somebody-else', '--attributes', attributes);
      await cloud.aws(
        ...['s3api', 'put-bucket-notification-configuration', '--bucket', BUCKET],
        ...['--notification-configuration', JSON.stringify(OF_BEFORE)],
      );
      await cloud.cdk(['bootstrap', 'aws://000000000000/us-east-1']);
      await cloud.cdk(['deploy', '--require-approval', 'never'], SETTINGS);
    });
    afterAll(() => cloud?.stop());

    test('EventBridge is turned on as the docs say, and what was set before stays', async () => {
      const [turnOn, check] = runnableBlocks('existing-bucket.md').map(({ code }) => code);
      await cloud.run('bash', '-euo', 'pipefail', '-c', turnOn as string);
      expect(JSON.parse(await cloud.run('bash', '-c', check as string))).toEqual(AFTERWARDS);
    });

    test('what comes into it gets thumbnails, whatever its key; what is not watched gets none', async () => {
      for (const key of ['a b+ñ (1) %2B 🎄.jpg', 'FOTO.JPG', 'film.mp4', 'replaced.jpg']) await put(key);
      await cloud.keysOnceThereAre(5 + 3, BUCKET);
      await put('replaced.jpg');
      await put('last.jpg');
      const keys = await cloud.keysOnceThereAre(6 + 4, BUCKET);
      expect(keys.filter(key => key.startsWith('miniaturas/'))).toEqual([
        'miniaturas/FOTO.JPG',
        'miniaturas/a b+ñ (1) %2B 🎄.jpg',
        'miniaturas/last.jpg',
        'miniaturas/replaced.jpg',
      ]);
    });

    test('a source that goes takes its thumbnail along', async () => {
      await cloud.aws('s3', 'rm', `s3://${BUCKET}/FOTO.JPG`);
      await cloud.keysOnce(keys => !keys.some(key => key.endsWith('FOTO.JPG')), BUCKET);
    });

    test('an object that is no thumbnail of ours stays as it is, and its source is kept as a failure', async () => {
      // Nothing was told of it: it lies where the rule leaves everything out.
      await put('miniaturas/taken.jpg');
      const { ETag } = await s3api('head-object', '--bucket', BUCKET, '--key', 'miniaturas/taken.jpg');
      await put('taken.jpg');
      const { DeadLetterQueueUrl } = (await cloud.outputs()) as { DeadLetterQueueUrl: string };
      await cloud.messageIn(DeadLetterQueueUrl);
      expect(await s3api('head-object', '--bucket', BUCKET, '--key', 'miniaturas/taken.jpg')).toMatchObject({
        ETag,
      });
      const told = await cloud.run('npm', 'run', '--silent', 'failures');
      expect(told).toMatch(/1 × key taken[\s\S]*taken\.jpg/);
    });

    test('what was there before gets its thumbnail by a backfill, which finds nothing else to do', async () => {
      const backfill = async (...args: readonly string[]) => {
        // By its number: a bucket's name before `localhost` is nothing that this machine could find.
        const endpoint = (cloud.environment.AWS_ENDPOINT_URL as string).replace('localhost', '127.0.0.1');
        const npm = ['npm', 'run', '--silent', 'backfill', '--', '--json', ...args];
        const told = await cloud.run('env', `AWS_ENDPOINT_URL=${endpoint}`, ...npm);
        return JSON.parse(told.trim().split('\n').at(-1) as string);
      };
      const variant = { prefix: 'miniaturas/', missing: 1, stale: 0, orphans: 0, failing: 1 };
      expect(await backfill('--dry-run')).toMatchObject({ found: { messages: 1, variants: [variant] } });
      expect(await backfill('--yes', '--no-wait')).toMatchObject({ sent: 1 });
      await cloud.keysOnce(keys => keys.includes('miniaturas/of before.jpg'), BUCKET);
      expect(await backfill('--dry-run')).toMatchObject({ found: { messages: 0 } });
    });

    test('destroyed, the stack leaves the bucket, its objects and its notifications as they are', async () => {
      const before = await cloud.keys(BUCKET);
      await cloud.cdk(['destroy', '--force'], SETTINGS);
      await expect(cloud.outputs()).rejects.toThrow(/does not exist/);
      expect(await cloud.keys(BUCKET)).toEqual(before);
      expect(await s3api('get-bucket-notification-configuration', '--bucket', BUCKET)).toEqual(AFTERWARDS);
    });
  },
);

const QUEUE_ARN = 'arn:aws:sqs:us-east-1:000000000000:of-somebody-else';
const OF_BEFORE = {
  QueueConfigurations: [
    {
      Id: 'of-somebody-else',
      QueueArn: QUEUE_ARN,
      Events: ['s3:ObjectCreated:*'],
    },
  ],
};
const AFTERWARDS = {
  QueueConfigurations: [expect.objectContaining(OF_BEFORE.QueueConfigurations[0])],
  EventBridgeConfiguration: {},
};
