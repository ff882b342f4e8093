import { keyStatements } from './key-statements';
import { only, synthesize } from './synthesize';

const keyArn = 'arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555';
const bucketKeyArn = keyArn.replace('1111-2222', '9999-2222');
const CREATED = { 'Fn::GetAtt': [expect.stringMatching(/^EncryptionKey/), 'Arn'] };

type Synthesized = ReturnType<typeof synthesize>;

const statements = (template: Synthesized): any[] =>
  only(template, 'AWS::IAM::Policy').resource.Properties.PolicyDocument.Statement.filter((statement: any) =>
    JSON.stringify(statement.Action).includes('kms:'),
  );
const services = (template: Synthesized) =>
  only(template, 'AWS::KMS::Key')
    .resource.Properties.KeyPolicy.Statement.filter(({ Principal }: any) => Principal.Service)
    .map(({ Principal }: any) => JSON.stringify(Principal.Service));

describe.each([
  ['a key of the stack’s own', 'create', CREATED],
  ['a key that exists', keyArn, keyArn],
])('%s', (_, encryptionKey, reference) => {
  const template = synthesize({ encryptionKey });

  test('encrypts the objects, once in a while asked for', () => {
    const { BucketEncryption } = only(template, 'AWS::S3::Bucket').resource.Properties;
    expect(BucketEncryption.ServerSideEncryptionConfiguration).toEqual([
      {
        BucketKeyEnabled: true,
        ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: reference },
      },
    ]);
  });

  test('encrypts both queues, the log and the topic', () => {
    expect(only(template, 'AWS::SNS::Topic').resource.Properties.KmsMasterKeyId).toEqual(reference);
    for (const { Properties } of Object.values(template.findResources('AWS::SQS::Queue')) as any[]) {
      expect(Properties.KmsMasterKeyId).toEqual(reference);
      expect(Properties.SqsManagedSseEnabled).toBeUndefined();
    }
    expect(only(template, 'AWS::Logs::LogGroup').resource.Properties.KmsKeyId).toEqual(reference);
  });

  test('may be used by the function to read and to write, for nothing else', () => {
    const [statement, ...others] = statements(template);
    expect(others).toEqual([]);
    expect(statement).toEqual({
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: reference,
    });
  });
});

describe('a key of the stack’s own', () => {
  const template = synthesize({ encryptionKey: 'create' });

  test('is rotated, and stays like the bucket', () => {
    const { resource } = only(template, 'AWS::KMS::Key');
    expect(resource.Properties.EnableKeyRotation).toBe(true);
    expect(resource.DeletionPolicy).toBe('Retain');
    const destroyed = synthesize({ encryptionKey: 'create', removalPolicy: 'destroy' });
    expect(only(destroyed, 'AWS::KMS::Key').resource.DeletionPolicy).toBe('Delete');
  });

  test('lets S3, CloudWatch and the log use it, and EventBridge in place of S3 for an existing bucket', () => {
    const logs = expect.stringContaining('"logs."');
    expect(services(template)).toEqual(['["cloudwatch.amazonaws.com","s3.amazonaws.com"]', logs]);
    const existing = synthesize({ encryptionKey: 'create', bucketName: 'fotos' });
    expect(services(existing)).toEqual(['["cloudwatch.amazonaws.com","events.amazonaws.com"]', logs]);
    expect(services(synthesize({ encryptionKey: 'create', alarms: false }))).toEqual([
      '"s3.amazonaws.com"',
      logs,
    ]);
  });

  test('lets no service use it for another account', () => {
    const [, sender, logs] = only(template, 'AWS::KMS::Key').resource.Properties.KeyPolicy.Statement;
    expect(sender).toMatchObject({
      Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    });
    const names = logs.Condition.ArnLike['kms:EncryptionContext:aws:logs:arn'];
    expect(names['Fn::Join'][1]).toEqual(
      expect.arrayContaining([{ Ref: 'AWS::AccountId' }, ':log-group:Miniaturas-*']),
    );
  });
});

test('docs/security.md has for a key that exists the statements of the key that the stack makes', () => {
  const { KeyPolicy } = only(synthesize({ encryptionKey: 'create' }), 'AWS::KMS::Key').resource.Properties;
  const account = '111122223333';
  const pseudo: Record<string, string> = {
    'AWS::Partition': 'aws',
    'AWS::AccountId': account,
    'AWS::Region': 'eu-west-1',
    'AWS::URLSuffix': 'amazonaws.com',
  };
  const plain = JSON.parse(JSON.stringify(KeyPolicy), (_, value) => {
    if (value?.Ref) return pseudo[value.Ref];
    return value?.['Fn::Join'] ? value['Fn::Join'][1].join('') : value;
  });
  expect(plain).toEqual(keyStatements({ account, region: 'eu-west-1' }));
});

test('a key that exists is not made, and neither is its policy', () => {
  const types = Object.values(synthesize({ encryptionKey: keyArn }).toJSON().Resources);
  expect(types.filter(({ Type }: any) => Type.includes('KMS'))).toEqual([]);
});

test('an existing bucket keeps its own key beside that of the queues; one for both is granted once', () => {
  const of = (settings: object) => statements(synthesize({ bucketName: 'fotos', ...settings }));
  const resources = of({ bucketKeyArn, encryptionKey: keyArn }).flatMap(({ Resource }) => Resource);
  expect(resources.toSorted()).toEqual([keyArn, bucketKeyArn].toSorted());
  expect(of({ bucketKeyArn: keyArn, encryptionKey: keyArn }).flatMap(({ Resource }) => Resource)).toEqual([
    keyArn,
  ]);
});
