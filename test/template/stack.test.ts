import { Match } from 'aws-cdk-lib/assertions';
import { ENVIRONMENT } from '../../lambda/thumbnail/model/settings';
import { MAGICK_EXTENSIONS, RARE_MAGICK_EXTENSIONS } from '../../lib/config/extensions';
import { only, synthesize } from './synthesize';

const template = synthesize();
const bucket = only(template, 'AWS::S3::Bucket');
const queue = only(template, 'AWS::SQS::Queue', 'QueuesQueue');
const deadLetterQueue = only(template, 'AWS::SQS::Queue', 'DeadLetterQueue');
const queuePolicy = only(template, 'AWS::SQS::QueuePolicy', 'QueuesQueuePolicy');
const fn = only(template, 'AWS::Lambda::Function');

const byRef = (a: { Ref: string }, b: { Ref: string }) => a.Ref.localeCompare(b.Ref);

/** Denies every call that does not come over TLS. */
const TLS_ONLY = Match.objectLike({
  Effect: 'Deny',
  Principal: { AWS: '*' },
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
});

describe('the bucket', () => {
  test('lets nothing be public', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    });
  });

  test('is encrypted at rest', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
    });
  });

  test('speaks TLS only', () => {
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: { Statement: Match.arrayWith([TLS_ONLY]) },
    });
  });

  test('outlives the stack, unless it is told not to', () => {
    expect(bucket.resource).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    const destroyed = only(synthesize({ removalPolicy: 'destroy' }), 'AWS::S3::Bucket');
    expect(destroyed.resource).toMatchObject({ DeletionPolicy: 'Delete' });
  });

  test('is made after the policy that lets it announce', () => {
    expect(bucket.resource.DependsOn).toContain(queuePolicy.id);
  });
});

describe('the notifications', () => {
  const rules: any[] = bucket.resource.Properties.NotificationConfiguration.QueueConfigurations;
  const suffixes = (event: string) =>
    rules.filter(rule => rule.Event === event).map(rule => rule.Filter?.S3Key.Rules[0].Value);

  test('announce each extension in lower and in upper case', () => {
    expect(suffixes('s3:ObjectCreated:*')).toEqual(
      expect.arrayContaining(['.jpg', '.JPG', '.jpeg', '.JPEG', '.png', '.PNG']),
    );
  });

  test('announce capitalised extensions as far as S3 has rules, the frequent ones first', () => {
    const seen = suffixes('s3:ObjectCreated:*');
    expect(seen).toEqual(expect.arrayContaining(['.Jpg', '.Jpeg', '.Png', '.Heic', '.Psd']));
    expect(seen).not.toContain('.Srw');
    expect(rules).toHaveLength(100);
  });

  test('announce every key, by one rule, where all are watched', () => {
    const all = only(synthesize({ watch: 'all' }), 'AWS::S3::Bucket').resource.Properties;
    const created = all.NotificationConfiguration.QueueConfigurations.filter(
      ({ Event }: any) => Event === 's3:ObjectCreated:*',
    );
    expect(created).toEqual([{ Event: 's3:ObjectCreated:*', Queue: expect.anything() }]);
  });

  test('announce every deletion', () => {
    expect(suffixes('s3:ObjectRemoved:*')).toEqual([undefined]);
    expect(suffixes('s3:LifecycleExpiration:*')).toEqual([undefined]);
  });

  test('all go to the queue', () => {
    for (const rule of rules) expect(rule.Queue).toEqual({ 'Fn::GetAtt': [queue.id, 'Arn'] });
  });

  test('do not overlap, which S3 would refuse', () => {
    const seen = suffixes('s3:ObjectCreated:*') as string[];
    for (const [i, suffix] of seen.entries())
      expect(seen.filter((other, j) => i !== j && other.endsWith(suffix))).toEqual([]);
  });

  test('are no more than S3 takes, however many extensions the configuration allows', () => {
    const extensions = [...MAGICK_EXTENSIONS, ...RARE_MAGICK_EXTENSIONS].slice(0, 49);
    const most = only(synthesize({ extensions }), 'AWS::S3::Bucket').resource.Properties
      .NotificationConfiguration;
    expect(most.QueueConfigurations).toHaveLength(100);
  });

  test('need no function of CDK’s own', () => {
    template.resourceCountIs('AWS::Lambda::Function', 1);
    template.resourceCountIs('Custom::S3BucketNotifications', 0);
  });
});

describe('the queues', () => {
  test('take events from S3, in this account only', () => {
    const { Statement } = queuePolicy.resource.Properties.PolicyDocument;
    expect(Statement).toContainEqual({
      Effect: 'Allow',
      Principal: { Service: 's3.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: { 'Fn::GetAtt': [queue.id, 'Arn'] },
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    });
  });

  test.each(['QueuesQueuePolicy', 'DeadLetterQueuePolicy'])('speak TLS only (%s)', name => {
    const { Statement } = only(template, 'AWS::SQS::QueuePolicy', name).resource.Properties.PolicyDocument;
    expect(Statement).toContainEqual(
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    );
  });

  test('are encrypted with a key that S3 may use', () => {
    template.allResourcesProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
    template.allResourcesProperties('AWS::SQS::Queue', { KmsMasterKeyId: Match.absent() });
  });

  test('keep after five receives what failed', () => {
    expect(queue.resource.Properties.RedrivePolicy).toEqual({
      deadLetterTargetArn: { 'Fn::GetAtt': [deadLetterQueue.id, 'Arn'] },
      maxReceiveCount: 5,
    });
  });

  test('both keep messages for 14 days, as long as SQS can', () => {
    template.allResourcesProperties('AWS::SQS::Queue', { MessageRetentionPeriod: 14 * 24 * 60 * 60 });
  });

  test('keep the failures when the stack goes', () => {
    expect(deadLetterQueue.resource).toMatchObject({ DeletionPolicy: 'Retain' });
  });

  test.each([1, 60, 900])('hide a message for six times the function’s timeout of %i s', timeoutSeconds => {
    const own = synthesize({ timeoutSeconds });
    own.hasResourceProperties('AWS::Lambda::Function', { Timeout: timeoutSeconds });
    own.hasResourceProperties('AWS::SQS::Queue', { VisibilityTimeout: 6 * timeoutSeconds });
  });
});

describe('the function', () => {
  test('runs on the newest Node of Lambda, on arm64, with one CPU', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: 1769,
    });
  });

  test('takes its batches from the queue, with an answer for each message, and never too many at once', () => {
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: { 'Fn::GetAtt': [queue.id, 'Arn'] },
      FunctionName: { Ref: fn.id },
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 10 },
    });
  });

  test('is told the name of its bucket', () => {
    const { Variables } = fn.resource.Properties.Environment;
    expect(Variables[ENVIRONMENT.bucket]).toEqual({ Ref: bucket.id });
  });

  test('logs to a group of its own that forgets', () => {
    const logs = only(template, 'AWS::Logs::LogGroup');
    expect(logs.resource.Properties.RetentionInDays).toBe(30);
    expect(fn.resource.Properties.LoggingConfig.LogGroup).toEqual({ Ref: logs.id });
  });

  test.each(['arm64', 'x86_64'])('gets the layer that was built for its CPU (%s)', architecture => {
    const own = synthesize({ architecture });
    own.allResourcesProperties('AWS::Lambda::LayerVersion', {
      CompatibleArchitectures: [architecture],
      CompatibleRuntimes: ['nodejs24.x'],
    });
    const layers = ['Sharp', 'Magick'].map(name => ({
      Ref: only(own, 'AWS::Lambda::LayerVersion', name).id,
    }));
    own.hasResourceProperties('AWS::Lambda::Function', {
      Architectures: [architecture],
    });
    expect(only(own, 'AWS::Lambda::Function').resource.Properties.Layers.toSorted(byRef)).toEqual(
      layers.sort(byRef),
    );
  });

  test('goes without ImageMagick, and without its extensions, when it is not to read other formats', () => {
    const own = synthesize({ otherFormats: false });
    const layer = only(own, 'AWS::Lambda::LayerVersion', 'Sharp');
    own.resourceCountIs('AWS::Lambda::LayerVersion', 1);
    own.hasResourceProperties('AWS::Lambda::Function', { Layers: [{ Ref: layer.id }] });
    expect(JSON.stringify(own.toJSON())).not.toContain('.heic');
  });

  test('has exactly the rights that its work needs', () => {
    const arn = { 'Fn::GetAtt': [bucket.id, 'Arn'] };
    const objects = (pattern: string) => ({ 'Fn::Join': ['', [arn, pattern]] });
    const { Statement } = only(template, 'AWS::IAM::Policy').resource.Properties.PolicyDocument;
    expect(Statement).toHaveLength(6);
    expect(Statement).toEqual(
      expect.arrayContaining([
        { Effect: 'Allow', Action: 's3:GetObject', Resource: objects('/*') },
        { Effect: 'Allow', Action: 's3:ListBucket', Resource: arn },
        { Effect: 'Allow', Action: ['s3:DeleteObject', 's3:PutObject'], Resource: objects('/miniaturas/*') },
        {
          Effect: 'Allow',
          Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          Resource: { 'Fn::GetAtt': [only(template, 'AWS::Logs::LogGroup').id, 'Arn'] },
        },
        {
          Effect: 'Allow',
          Action: expect.arrayContaining(['sqs:ReceiveMessage', 'sqs:DeleteMessage']),
          Resource: { 'Fn::GetAtt': [queue.id, 'Arn'] },
        },
        {
          Effect: 'Allow',
          Action: 'sqs:SendMessage',
          Resource: { 'Fn::GetAtt': [deadLetterQueue.id, 'Arn'] },
        },
      ]),
    );
    expect(only(template, 'AWS::IAM::Role').resource.Properties.ManagedPolicyArns).toBeUndefined();
  });
});

test('no policy of the stack reaches every resource', () => {
  for (const { Properties } of Object.values(template.findResources('AWS::IAM::Policy')))
    for (const { Resource } of Properties.PolicyDocument.Statement)
      expect([Resource].flat()).not.toContain('*');
});

test('the outputs tell where to drop and where to look', () => {
  template.hasOutput('BucketName', { Value: { Ref: bucket.id } });
  template.hasOutput('QueueUrl', { Value: { Ref: queue.id } });
  template.hasOutput('DeadLetterQueueUrl', { Value: { Ref: deadLetterQueue.id } });
  template.hasOutput('FunctionName', { Value: { Ref: fn.id } });
  template.hasOutput('LogGroupName', { Value: { Ref: only(template, 'AWS::Logs::LogGroup').id } });
  template.hasOutput('LayerArn', { Value: { Ref: only(template, 'AWS::Lambda::LayerVersion', 'Sharp').id } });
});

test('the template as a whole', () => {
  const json = JSON.stringify(template.toJSON()).replace(/[0-9a-f]{64}/g, '<asset hash>');
  const whole = JSON.parse(json);
  // Most of the template is these rules, all of one shape: a line each leaves the rest to be seen.
  const notifications = whole.Resources[bucket.id].Properties.NotificationConfiguration;
  notifications.QueueConfigurations = notifications.QueueConfigurations.map(
    ({ Event, Queue, Filter }: any) =>
      `${Event} ${Filter?.S3Key.Rules[0].Value ?? '*'} → ${Queue['Fn::GetAtt'][0]}`,
  );
  // Of the dashboard, what is on it; the rest is in lib/dashboard.ts.
  const dashboard = whole.Resources[only(template, 'AWS::CloudWatch::Dashboard').id].Properties;
  dashboard.DashboardBody = JSON.stringify(dashboard.DashboardBody).match(/(?<=title\\":\\").*?(?=\\")/g);
  expect(whole).toMatchSnapshot();
});
