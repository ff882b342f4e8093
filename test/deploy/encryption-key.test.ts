import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { photo } from '../e2e/harness';
import { HOST_ARCHITECTURE } from '../support/host';
import { requires } from '../support/requires';
import { keyStatements } from '../template/key-statements';
import { openPlayground, type Playground } from './playground';
import { PYTHON } from './shell';

const DEPLOY = ['deploy', '--require-approval', 'never'];
const HERE = { architecture: HOST_ARCHITECTURE, removalPolicy: 'destroy' };
const KEY_ARN = expect.stringMatching(/^arn:aws:kms:us-east-1:000000000000:key\//);

requires(PYTHON, 'MINIATURAS_PYTHON (of a venv with test/deploy/requirements.txt)').describe(
  'a key of one’s own, on an emulator made by others',
  () => {
    jest.setTimeout(240_000);
    let cloud: Playground;
    /** A key whose policy holds the statements of docs/security.md. */
    let existing: string;
    let file: string;
    const json = async (...args: string[]) =>
      JSON.parse((await cloud.aws(...args, '--output', 'json')) || '{}');

    async function keyOfQueue(url: string): Promise<string> {
      const get = ['sqs', 'get-queue-attributes', '--queue-url', url, '--attribute-names', 'KmsMasterKeyId'];
      return (await json(...get)).Attributes.KmsMasterKeyId;
    }

    /** MiniStack's CloudFormation leaves it out; what the template has, test/template/encryption-key.test.ts tells. */
    async function encryptAsTheTemplateSays(bucket: string, key: string): Promise<void> {
      const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key } };
      const configuration = { Rules: [{ ...rule, BucketKeyEnabled: true }] };
      await cloud.aws(
        ...['s3api', 'put-bucket-encryption', '--bucket', bucket],
        ...['--server-side-encryption-configuration', JSON.stringify(configuration)],
      );
    }

    beforeAll(async () => {
      cloud = await openPlayground();
      file = join(cloud.folder, 'photo');
      writeFileSync(file, await photo());
      const policy = keyStatements({ account: '000000000000', region: 'us-east-1' });
      existing = (await json('kms', 'create-key', '--policy', JSON.stringify(policy))).KeyMetadata.Arn;
      await cloud.cdk(['bootstrap', 'aws://000000000000/us-east-1']);
    });
    afterAll(() => cloud?.stop());

    test.each([
      ['made by the stack', () => 'create'],
      ['that exists', () => existing],
    ])(
      'a key %s: objects, messages, failures and the log are under it, and all works',
      async (_, encryptionKey) => {
        const settings = { ...HERE, encryptionKey: encryptionKey() };
        await cloud.cdk(DEPLOY, settings);
        const outputs = (await cloud.outputs()) as Record<
          'BucketName' | 'QueueUrl' | 'DeadLetterQueueUrl' | 'LogGroupName',
          string
        >;
        const { BucketName: bucket, DeadLetterQueueUrl: deadLetters } = outputs;

        const key = await keyOfQueue(outputs.QueueUrl);
        expect(key).toEqual(encryptionKey() === 'create' ? KEY_ARN : existing);
        expect(await keyOfQueue(deadLetters)).toBe(key);
        const logs = await json(
          'logs',
          'describe-log-groups',
          '--log-group-name-prefix',
          outputs.LogGroupName,
        );
        expect(logs.logGroups).toEqual([expect.objectContaining({ kmsKeyId: key })]);
        await encryptAsTheTemplateSays(bucket, key);

        await cloud.aws('s3', 'cp', file, `s3://${bucket}/a b.jpg`);
        await cloud.aws('s3', 'cp', 'package.json', `s3://${bucket}/text.jpg`);
        await cloud.keysOnce(keys => keys.includes('miniaturas/a b.jpg'), bucket);
        expect(await cloud.messageIn(deadLetters)).toContain('text.jpg');
        expect(await cloud.run('npm', 'run', '--silent', 'failures')).toMatch(/1 × unsupported/);

        const thumbnail = await json(
          's3api',
          'head-object',
          '--bucket',
          bucket,
          '--key',
          'miniaturas/a b.jpg',
        );
        expect(thumbnail).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key });

        await cloud.aws('s3', 'rm', '--recursive', `s3://${bucket}`);
        await cloud.cdk(['destroy', '--force'], settings);
        const { KeyMetadata } = await json('kms', 'describe-key', '--key-id', key);
        expect(KeyMetadata.KeyState).toBe(encryptionKey() === 'create' ? 'PendingDeletion' : 'Enabled');
      },
    );
  },
);
