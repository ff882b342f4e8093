import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { photo } from '../e2e/harness';
import { HOST_ARCHITECTURE } from '../support/host';
import { requires } from '../support/requires';
import { openPlayground, type Playground, type StackResource } from './playground';
import { PYTHON, ROOT } from './shell';

/** What is taken for the last release: the last commit whose stack had its own bucket only. */
const RELEASE = '3ee8f9115f25cd6c074e6a90d1b93ab1516043d7';
const SETTINGS = { architecture: HOST_ARCHITECTURE };
const DEPLOY = ['deploy', '--require-approval', 'never'];

/** A clone without history does not have it. */
const hasRelease = git('cat-file', '-e', `${RELEASE}^{commit}`).status === 0;
const NEEDS =
  'MINIATURAS_PYTHON (of a venv with test/deploy/requirements.txt) and the history of the repository';

requires(PYTHON && hasRelease, NEEDS).describe(
  'an upgrade from the last release, on an emulator made by others',
  () => {
    jest.setTimeout(300_000);
    let cloud: Playground;
    let release: string;
    let bucket: string;
    let before: StackResource[];

    beforeAll(async () => {
      release = mkdtempSync(join(tmpdir(), 'miniaturas-release-'));
      git('worktree', 'add', '--detach', release, RELEASE);
      symlinkSync(join(ROOT, 'node_modules'), join(release, 'node_modules'));
      cloud = await openPlayground();
      await cloud.cdk(['bootstrap', 'aws://000000000000/us-east-1']);
      await cloud.cdk(DEPLOY, SETTINGS, release);
      ({ BucketName: bucket } = (await cloud.outputs()) as { BucketName: string });
      before = await cloud.resources();
      writeFileSync(join(cloud.folder, 'foto.jpg'), await photo());
      await put('of the release.jpg');
      await cloud.keysOnceThereAre(2, bucket);
    });
    afterAll(async () => {
      await cloud?.stop();
      git('worktree', 'remove', '--force', release);
      rmSync(release, { recursive: true, force: true });
    });

    const put = (key: string) =>
      cloud.aws('s3', 'cp', join(cloud.folder, 'foto.jpg'), `s3://${bucket}/${key}`);

    test('replaces nothing that holds data or that others may name, and loses no resource', async () => {
      await cloud.cdk(DEPLOY, SETTINGS);
      const after = await cloud.resources();
      const kept = (resources: readonly StackResource[]) =>
        resources.filter(({ type }) => LASTING.includes(type)).map(({ type, name }) => `${type} ${name}`);
      expect(kept(after)).toEqual(expect.arrayContaining(kept(before)));
      const count = (resources: readonly StackResource[], type: string) =>
        resources.filter(one => one.type === type).length;
      for (const { type } of before) expect(count(after, type)).toBeGreaterThanOrEqual(count(before, type));
    });

    test('leaves images and thumbnails as they are, and goes on', async () => {
      await put('of today.jpg');
      expect(await cloud.keysOnceThereAre(4, bucket)).toEqual([
        'miniaturas/of the release.jpg',
        'miniaturas/of today.jpg',
        'of the release.jpg',
        'of today.jpg',
      ]);
    });

    test('a source of the release takes its thumbnail along', async () => {
      await cloud.aws('s3', 'rm', `s3://${bucket}/of the release.jpg`);
      await cloud.keysOnce(keys => keys.length === 2, bucket);
    });

    test('a second stack beside it has its own bucket and makes its own thumbnails', async () => {
      await cloud.cdk(DEPLOY, { ...SETTINGS, stackName: 'Second', variants: [{ prefix: 'small/' }] });
      const { BucketName: second } = (await cloud.outputs('Second')) as { BucketName: string };
      await cloud.aws('s3', 'cp', join(cloud.folder, 'foto.jpg'), `s3://${second}/foto.jpg`);
      await put('still.jpg');
      expect(await cloud.keysOnceThereAre(2, second)).toEqual(['foto.jpg', 'small/foto.jpg']);
      expect(await cloud.keysOnceThereAre(4, bucket)).toContain('miniaturas/still.jpg');
    });
  },
);

const LASTING = ['AWS::S3::Bucket', 'AWS::SQS::Queue', 'AWS::Lambda::Function', 'AWS::Logs::LogGroup'];

function git(...args: readonly string[]) {
  return spawnSync('git', args, { cwd: ROOT });
}
