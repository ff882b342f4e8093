import { REPAIR_ENVIRONMENT } from '../../lambda/repair/model/environment';
import { only, synthesize } from './synthesize';

const repair = { schedule: 'cron(0 3 * * ? *)', timeZone: 'Europe/Madrid' };
const bucketKeyArn = 'arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555';
const variants = [{}, { prefix: 'small/', width: 64 }];

const BUCKETS = {
  'its own bucket': {},
  'its own bucket, told to EventBridge': { eventBridge: true },
  'an existing bucket': { bucketName: 'fotos' },
  'an existing bucket with a key': { bucketName: 'fotos', bucketKeyArn },
} as const;

type Template = ReturnType<typeof synthesize>;

/** How many resources of each type there are. */
function typesOf(template: Template): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { Type } of Object.values<any>(template.toJSON().Resources))
    counts[Type] = (counts[Type] ?? 0) + 1;
  return counts;
}

/** What all templates have. */
const ALWAYS = {
  'AWS::CloudWatch::Alarm': 7,
  'AWS::CloudWatch::Dashboard': 1,
  'AWS::IAM::Policy': 1,
  'AWS::IAM::Role': 1,
  'AWS::Lambda::EventSourceMapping': 1,
  'AWS::Lambda::Function': 1,
  'AWS::Lambda::LayerVersion': 2,
  'AWS::Logs::LogGroup': 1,
  'AWS::Logs::QueryDefinition': 6,
  'AWS::SNS::Topic': 1,
  'AWS::SNS::TopicPolicy': 1,
  'AWS::SQS::Queue': 2,
  'AWS::SQS::QueuePolicy': 2,
  'AWS::SSM::Parameter': 3,
};
const OF_BUCKET = { 'AWS::S3::Bucket': 1, 'AWS::S3::BucketPolicy': 1 };
const OF_EXISTING_BUCKET = { 'AWS::Events::Rule': 1 };
/** What a repair adds. */
const OF_REPAIR = {
  'AWS::CloudWatch::Alarm': 8,
  'AWS::IAM::Policy': 4,
  'AWS::IAM::Role': 4,
  'AWS::Lambda::Function': 2,
  'AWS::Logs::LogGroup': 2,
  'AWS::Scheduler::Schedule': 1,
  'AWS::StepFunctions::StateMachine': 1,
};

describe.each(Object.entries(BUCKETS))('%s', (_, settings) => {
  const isExisting = 'bucketName' in settings;
  const key = 'bucketKeyArn' in settings;
  const without = synthesize({ ...settings, variants });
  const template = synthesize({ ...settings, variants, repair });
  const ofBucket = isExisting ? OF_EXISTING_BUCKET : OF_BUCKET;

  test('has exactly these resources, without and with a repair', () => {
    expect(typesOf(without)).toEqual({ ...ALWAYS, ...ofBucket });
    expect(typesOf(template)).toEqual({ ...ALWAYS, ...ofBucket, ...OF_REPAIR });
  });

  test('a repair changes nothing of what is there without it', () => {
    expect(template.toJSON().Resources).toMatchObject(without.toJSON().Resources);
  });

  test('the repair function has these rights and no others', () => {
    const bucket = isExisting ? 'arn:aws:s3:::fotos' : 'Bucket.Arn';
    expect(rightsOf(template, 'RepairRole')).toEqual({
      'logs:CreateLogStream': ['RepairLogs.Arn'],
      'logs:PutLogEvents': ['RepairLogs.Arn'],
      's3:ListBucket': [bucket],
      's3:GetObject': [`${bucket}/miniaturas/*`, `${bucket}/small/*`],
      'sqs:SendMessage': ['QueuesQueue.Arn'],
      'sqs:GetQueueAttributes': ['QueuesQueue.Arn', 'QueuesDeadLetterQueue.Arn'],
      'sqs:ReceiveMessage': ['QueuesDeadLetterQueue.Arn'],
      'sqs:ChangeMessageVisibility': ['QueuesDeadLetterQueue.Arn'],
      'ssm:GetParameterHistory': ['arn:aws:ssm:REGION:ACCOUNT:parameterRecipeParameter'],
      ...(key && { 'kms:Decrypt': [bucketKeyArn], 'kms:GenerateDataKey': [bucketKeyArn] }),
    });
  });

  test('the state machine may run the function, the schedule the state machine', () => {
    expect(rightsOf(template, 'RepairLoopRole')).toEqual({ 'lambda:InvokeFunction': ['RepairFunction.Arn'] });
    expect(rightsOf(template, 'SchedulerRole')).toEqual({ 'states:StartExecution': ['RepairStateMachine'] });
  });

  test('no statement is for all resources', () => {
    for (const { Properties } of Object.values<any>(template.findResources('AWS::IAM::Policy'))) {
      for (const { Resource } of Properties.PolicyDocument.Statement)
        expect([Resource].flat()).not.toContain('*');
    }
  });
});

describe('with a repair', () => {
  const template = synthesize({ repair });
  const fn = only(template, 'AWS::Lambda::Function', 'Repair');
  const stateMachine = only(template, 'AWS::StepFunctions::StateMachine');

  test('the schedule starts the state machine with nothing', () => {
    const { Properties } = only(template, 'AWS::Scheduler::Schedule').resource;
    expect(Properties).toMatchObject({
      ScheduleExpression: repair.schedule,
      ScheduleExpressionTimezone: repair.timeZone,
      State: 'ENABLED',
      Target: { Arn: { Ref: stateMachine.id }, Input: '{}' },
    });
  });

  test('without a time zone it is UTC', () => {
    const utc = only(synthesize({ repair: { schedule: 'rate(1 day)' } }), 'AWS::Scheduler::Schedule');
    expect(utc.resource.Properties.ScheduleExpressionTimezone).toBe('UTC');
  });

  test('a slice ends by itself, well before Lambda ends it', () => {
    const { Timeout, Environment, MemorySize } = fn.resource.Properties;
    expect(Timeout).toBe(900);
    expect(Number(Environment.Variables[REPAIR_ENVIRONMENT.sliceSeconds])).toBeLessThanOrEqual(Timeout - 300);
    expect(MemorySize).toBe(512);
  });

  test('a task outlasts its function, a run ends some day, and an error is tried again', () => {
    const { TimeoutSeconds, States } = JSON.parse(stateMachine.resource.Properties.DefinitionString);
    expect(States.Slice.TimeoutSeconds).toBeGreaterThan(900);
    expect(TimeoutSeconds).toBeGreaterThan(24 * 3600);
    expect(States.Slice.Retry.flatMap(({ ErrorEquals }: any) => ErrorEquals)).toEqual(
      expect.arrayContaining([
        'Lambda.ServiceException',
        'Lambda.TooManyRequestsException',
        'States.TaskFailed',
      ]),
    );
  });

  test('its state machine is an output', () => {
    template.hasOutput('RepairStateMachineArn', { Value: { Ref: stateMachine.id } });
  });
});

/** The resources by action of the one policy of a role, in short: logical ids without their hashes. */
function rightsOf(template: Template, role: string): Record<string, string[]> {
  const { Statement } = only(template, 'AWS::IAM::Policy', role).resource.Properties.PolicyDocument;
  const rights: Record<string, string[]> = {};
  for (const { Effect, Action, Resource } of Statement) {
    expect(Effect).toBe('Allow');
    for (const action of [Action].flat())
      rights[action] = [...(rights[action] ?? []), ...[Resource].flat().map(short)];
  }
  return rights;
}

const NAMES: Record<string, string> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'REGION',
  'AWS::AccountId': 'ACCOUNT',
};

function short(resource: any): string {
  if (typeof resource === 'string') return resource;
  const withoutHash = (id: string) => NAMES[id] ?? id.replace(/^Source/, '').replace(/[0-9A-F]{8}$/, '');
  if (resource.Ref) return withoutHash(resource.Ref);
  const [id, attribute] = resource['Fn::GetAtt'] ?? [];
  if (id) return `${withoutHash(id)}.${attribute}`;
  return resource['Fn::Join'][1].map(short).join('');
}
