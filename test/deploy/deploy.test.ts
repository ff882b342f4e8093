import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { photo } from '../e2e/harness';
import { HOST_ARCHITECTURE } from '../support/host';
import { requires } from '../support/requires';
import { CONFIGURATIONS } from './configurations';
import { openPlayground, type Playground } from './playground';
import { PYTHON } from './shell';

/** The emulator runs the function's binaries on this machine. */
const HERE = { architecture: HOST_ARCHITECTURE };
const TWO_VARIANTS = { ...HERE, ...CONFIGURATIONS['several variants'] };
const FULLEST = { ...HERE, ...CONFIGURATIONS['own settings'] };
const DEPLOY = ['deploy', '--require-approval', 'never'];

/** The tests are the life of one stack: each begins where the one before ended. */
requires(PYTHON, 'MINIATURAS_PYTHON (of a venv with test/deploy/requirements.txt)').describe(
  'deployed by the CDK CLI to an emulator made by others',
  () => {
    jest.setTimeout(240_000);
    let cloud: Playground;
    let bucket: string;
    /** Three photos on this machine. */
    let photos: string[];

    beforeAll(async () => {
      cloud = await openPlayground();
      photos = await Promise.all(
        ['foto 1.jpg', 'año+ñ.JPG', 'c (1).jpeg'].map(async name => {
          const file = join(cloud.folder, name);
          writeFileSync(file, await photo());
          return file;
        }),
      );
    });
    afterAll(() => cloud?.stop());

    test('cdk bootstrap and cdk deploy create every resource', async () => {
      await cloud.cdk(['bootstrap', 'aws://000000000000/us-east-1']);
      const seconds = await timed(() => cloud.cdk(DEPLOY, HERE));
      const created = (await cloud.resources()).map(({ type }) => type);
      const { Resources } = JSON.parse(
        readFileSync(join(cloud.folder, 'cdk.out/Miniaturas.template.json'), 'utf8'),
      ) as { Resources: Record<string, { Type: string }> };
      expect(created.sort()).toEqual(
        Object.values(Resources)
          .map(({ Type }) => Type)
          .sort(),
      );
      ({ BucketName: bucket } = (await cloud.outputs()) as { BucketName: string });
      tell(`deployed ${created.length} resources in ${seconds} s`);
    });

    test('the end-to-end checks of the local cloud hold (npm run test:cloud)', async () => {
      tell(await cloud.run('npm', 'run', '--silent', 'test:cloud', '--', '--stack', 'Miniaturas'));
      expect(await cloud.keys(bucket)).toEqual([]);
    });

    test('images dropped with the AWS CLI and with boto3 get their thumbnails', async () => {
      await dropEverywhere('first');
      const keys = await cloud.keysOnceThereAre(12, bucket);
      expect(keys).toEqual([...sources('first'), ...sources('first').map(key => `miniaturas/${key}`)].sort());
      tell(`dropped 6 images, found ${keys.length - 6} thumbnails`);
    });

    test('the function answers the event of the console’s test button', async () => {
      const name = (await cloud.resources()).find(({ type }) => type === 'AWS::Lambda::Function')?.name;
      const [payload, answer] = [join(cloud.folder, 'event.json'), join(cloud.folder, 'answer.json')];
      const record = { s3: { bucket: { name: bucket }, object: { key: 'first/cli/foto+1.jpg' } } };
      writeFileSync(payload, JSON.stringify({ Records: [record] }));
      await cloud.aws(
        ...['lambda', 'invoke', '--function-name', name as string, '--payload', `fileb://${payload}`, answer],
      );
      expect(JSON.parse(readFileSync(answer, 'utf8'))).toEqual({
        statusCode: 200,
        body: 'Miniatura de first/cli/foto 1.jpg generada con éxito.',
      });
    });

    test('deployed again unchanged, nothing changes', async () => {
      expect(await cloud.cdk(DEPLOY, HERE)).toContain('(no changes)');
    });

    test('an upgrade to two variants changes the function, its rights, the parameter that tells it and what watches the cost, nothing else', async () => {
      const diff = await cloud.cdk(['diff'], TWO_VARIANTS);
      const changed = diff.match(/^\[[-+~]\] AWS::\S+/gm);
      expect(changed?.sort()).toEqual([
        '[~] AWS::CloudWatch::Alarm',
        '[~] AWS::CloudWatch::Dashboard',
        '[~] AWS::IAM::Policy',
        '[~] AWS::Lambda::Function',
        '[~] AWS::SSM::Parameter',
      ]);
      await cloud.cdk(DEPLOY, TWO_VARIANTS);

      await dropEverywhere('second');
      const keys = await cloud.keysOnceThereAre(12 + 18, bucket);
      for (const folder of ['miniaturas', 'web']) {
        expect(keys).toEqual(expect.arrayContaining(sources('second').map(key => `${folder}/${key}`)));
      }
      expect(keys).toHaveLength(12 + 18);
      tell('upgraded: 6 new images have 12 thumbnails');
    });

    test('a change that cannot be deployed is rolled back, and the function works as before', async () => {
      const settings = { ...HERE, variants: [{ prefix: 'miniaturas/' }], taken: bucket };
      const app = ['--app', 'node --import tsx test/deploy/app-that-cannot-deploy.ts'];
      await expect(cloud.cdk([...DEPLOY, ...app], settings)).rejects.toThrow(
        /UPDATE_ROLLBACK_COMPLET.*Miniaturas/,
      );
      await dropEverywhere('third');
      expect(await cloud.keysOnceThereAre(12 + 18 + 18, bucket)).toHaveLength(12 + 18 + 18);
      tell('rolled back: 6 new images have 12 thumbnails');
    });

    test('cdk destroy leaves the images and the kept failures', async () => {
      const queue = (await cloud.outputs()).DeadLetterQueueUrl as string;
      await cloud.cdk(['destroy', '--force'], TWO_VARIANTS);
      await expect(cloud.outputs()).rejects.toThrow(/does not exist/);
      expect(await cloud.keys(bucket)).toHaveLength(12 + 18 + 18);
      const queues = await cloud.run(PYTHON as string, '-c', LIST_QUEUES);
      expect(queues.trim().split('\n')).toEqual([queue]);
      tell('destroyed: the bucket and the dead-letter queue stay');
    });

    test('the fullest configuration is deployed, holds the same checks, and goes without a trace', async () => {
      const seconds = await timed(() => cloud.cdk(DEPLOY, FULLEST));
      const count = (await cloud.resources()).length;
      const { BucketName: other } = (await cloud.outputs()) as { BucketName: string };
      tell(await cloud.run('npm', 'run', '--silent', 'test:cloud', '--', '--stack', 'Miniaturas'));
      expect(await cloud.keys(other)).toEqual([]);

      await cloud.aws('s3', 'cp', photos[0] as string, `s3://${other}/albums/1.jpg`);
      const keys = await cloud.keysOnceThereAre(6, other);
      const thumbnails = ['album/', 'miniaturas/', 'png/', 'web/'].map(folder => `${folder}albums/1.jpg`);
      expect(keys).toEqual(['albums/1.jpg', 'c/albums/1.jpg.thumb', ...thumbnails].sort());

      await cloud.aws('s3', 'rm', '--recursive', `s3://${other}`);
      await cloud.cdk(['destroy', '--force'], FULLEST);
      await expect(cloud.keys(other)).rejects.toThrow(/NoSuchBucket/);
      tell(`fullest configuration: ${count} resources in ${seconds} s, destroyed without a trace`);
    });

    /** Half of the photos' copies with the AWS CLI, half with boto3. */
    async function dropEverywhere(folder: string): Promise<void> {
      const here = join(cloud.folder, folder);
      mkdirSync(here);
      for (const file of photos)
        writeFileSync(join(here, file.slice(cloud.folder.length)), readFileSync(file));
      await cloud.aws('s3', 'cp', '--recursive', here, `s3://${bucket}/${folder}/cli/`);
      await cloud.boto3(bucket, `${folder}/boto3`, photos);
    }

    function sources(folder: string): string[] {
      const names = photos.map(file => file.slice(cloud.folder.length + 1));
      return ['boto3', 'cli'].flatMap(tool => names.map(name => `${folder}/${tool}/${name}`));
    }
  },
);

const LIST_QUEUES = "import boto3; print(*boto3.client('sqs').list_queues().get('QueueUrls', []), sep='\\n')";

/** How long something took, in seconds. */
async function timed(work: () => Promise<unknown>): Promise<string> {
  const start = performance.now();
  await work();
  return ((performance.now() - start) / 1000).toFixed(1);
}

/** Facts for whoever reads the output of CI. */
function tell(fact: string): void {
  process.stdout.write(`${fact}\n`);
}
