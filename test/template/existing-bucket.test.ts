import { Match } from 'aws-cdk-lib/assertions';
import { ENVIRONMENT } from '../../lambda/thumbnail/model/settings';
import { only, synthesize } from './synthesize';

const keyArn = 'arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555';
const variants = [{}, { prefix: 'small/', width: 64 }];
const template = synthesize({ bucketName: 'fotos', variants });
const queue = only(template, 'AWS::SQS::Queue', 'QueuesQueue');
const deadLetterQueue = only(template, 'AWS::SQS::Queue', 'DeadLetterQueue');
const rule = only(template, 'AWS::Events::Rule');
const arnOf = ({ id }: { id: string }) => ({ 'Fn::GetAtt': [id, 'Arn'] });

test('nothing of the bucket is configured, and there is no function but ours', () => {
  const types = Object.values(template.toJSON().Resources).map(({ Type }: any) => Type);
  expect(types.filter(type => /S3|Custom|CloudFormation/.test(type))).toEqual([]);
  template.resourceCountIs('AWS::Lambda::Function', 1);
});

test('a rule announces all that comes, changes and goes, but no thumbnails', () => {
  expect(rule.resource.Properties.EventPattern).toEqual({
    source: ['aws.s3'],
    'detail-type': ['Object Created', 'Object Deleted'],
    detail: {
      bucket: { name: ['fotos'] },
      object: { key: [{ 'anything-but': { prefix: ['miniaturas/', 'small/'] } }] },
    },
  });
});

test('two variants of one folder are one folder for the rule', () => {
  const own = synthesize({ bucketName: 'fotos', variants: [{ suffix: '.a' }, { suffix: '.b' }] });
  expect(JSON.stringify(only(own, 'AWS::Events::Rule').resource.Properties.EventPattern)).toContain(
    '{"prefix":["miniaturas/"]}',
  );
});

test('the events go to the queue, and to the dead letters if they cannot be delivered', () => {
  expect(rule.resource.Properties.Targets).toEqual([
    { Arn: arnOf(queue), Id: expect.any(String), DeadLetterConfig: { Arn: arnOf(deadLetterQueue) } },
  ]);
});

test.each([
  ['the queue', queue, 'QueuesQueuePolicy'],
  ['the dead-letter queue', deadLetterQueue, 'DeadLetterQueuePolicy'],
])('%s takes messages from that rule and from nothing else', (_, { id }, name) => {
  const { Statement } = only(template, 'AWS::SQS::QueuePolicy', name).resource.Properties.PolicyDocument;
  const allowed = Statement.filter(({ Effect }: any) => Effect === 'Allow');
  expect(allowed).toHaveLength(1);
  expect([allowed[0].Action].flat()).toContain('sqs:SendMessage');
  expect(allowed[0]).toMatchObject({
    Principal: { Service: 'events.amazonaws.com' },
    Resource: { 'Fn::GetAtt': [id, 'Arn'] },
    Condition: { ArnEquals: { 'aws:SourceArn': arnOf(rule) } },
  });
});

test('the function reads the bucket, writes below the prefixes only, and knows what is watched', () => {
  const { Statement } = only(template, 'AWS::IAM::Policy').resource.Properties.PolicyDocument;
  const written = Statement.find(({ Action }: any) => [Action].flat().includes('s3:PutObject'));
  expect(JSON.stringify(written.Resource)).toMatch(/:s3:::fotos\/miniaturas\/\*.*:s3:::fotos\/small\/\*/);
  const { Variables } = only(template, 'AWS::Lambda::Function').resource.Properties.Environment;
  expect(Variables[ENVIRONMENT.bucket]).toBe('fotos');
  expect(JSON.parse(Variables[ENVIRONMENT.settings]).extensions).toContain('heic');
  template.hasOutput('BucketName', { Value: 'fotos' });
});

test('a key of the bucket may be used, and only that one', () => {
  const used = (own: ReturnType<typeof synthesize>) =>
    only(own, 'AWS::IAM::Policy').resource.Properties.PolicyDocument.Statement.filter(({ Action }: any) =>
      JSON.stringify(Action).includes('kms:'),
    );
  expect(used(template)).toEqual([]);
  const [statement, ...others] = used(synthesize({ bucketName: 'fotos', bucketKeyArn: keyArn }));
  expect(others).toEqual([]);
  expect(statement).toMatchObject({
    Effect: 'Allow',
    Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
    Resource: keyArn,
  });
});

describe("the stack's own bucket", () => {
  test('tells EventBridge beside the queue if it is to', () => {
    const configuration = (settings: object) =>
      only(synthesize(settings), 'AWS::S3::Bucket').resource.Properties.NotificationConfiguration;
    expect(configuration({}).EventBridgeConfiguration).toBeUndefined();
    expect(configuration({ eventBridge: true })).toEqual({
      ...configuration({}),
      EventBridgeConfiguration: { EventBridgeEnabled: true },
    });
  });

  test('has no rule', () => {
    synthesize({ eventBridge: true }).resourceCountIs('AWS::Events::Rule', 0);
  });
});

test('what thumbnails are made by is a parameter, written after the function', () => {
  const parameter = only(template, 'AWS::SSM::Parameter', 'Recipe').resource;
  expect(JSON.parse(parameter.Properties.Value)).toMatchObject({
    variants: [
      { prefix: 'miniaturas/', width: 200 },
      { prefix: 'small/', width: 64 },
    ],
    gamut: 'srgb',
  });
  expect(parameter.DependsOn).toContain(only(template, 'AWS::Lambda::Function').id);
  template.hasOutput('RecipeParameter', { Value: Match.anyValue() });
});
