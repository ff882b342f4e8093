import { readFileSync } from 'node:fs';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { ConfigError } from '../../lib/config/load';
import type { Assembly } from '../../local/template/assembly';
import { uncovered } from '../../local/template/coverage';
import { resolveStacks } from '../../local/template/stack';
import { headingsOf } from '../docs/page';
import { only, synthesize } from './synthesize';

const EXISTING = { bucketName: 'fotos' };
const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:alarms';
const template = synthesize();

const alarmsOf = (from: Template) =>
  Object.values(from.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }: any) => Properties);

describe.each([
  ['a bucket of its own', {}],
  ['an existing bucket', EXISTING],
])('with %s', (_, settings) => {
  test('alarms are on, and tell a topic of the stack’s own', () => {
    const own = synthesize(settings);
    const topic = { Ref: only(own, 'AWS::SNS::Topic').id };
    // Named in lib/cost/work.ts too, for their price.
    expect(alarmsOf(own)).toHaveLength(7);
    for (const alarm of alarmsOf(own)) {
      expect(alarm).toMatchObject({
        AlarmActions: [topic],
        OKActions: [topic],
        TreatMissingData: 'notBreaching',
      });
    }
    own.resourceCountIs('AWS::SNS::Subscription', 0);
    own.resourceCountIs('AWS::StepFunctions::StateMachine', 0);
  });

  test('false leaves them out, and the topic', () => {
    const own = synthesize({ ...settings, alarms: false });
    own.resourceCountIs('AWS::CloudWatch::Alarm', 0);
    own.resourceCountIs('AWS::SNS::Topic', 0);
  });

  test('an address is told by e-mail', () => {
    synthesize({ ...settings, alarms: { email: 'ops@example.com' } }).hasResourceProperties(
      'AWS::SNS::Subscription',
      {
        Protocol: 'email',
        Endpoint: 'ops@example.com',
      },
    );
  });

  test('a topic that is there already is told, and no other is made', () => {
    const own = synthesize({ ...settings, alarms: { topicArn: TOPIC } });
    own.resourceCountIs('AWS::SNS::Topic', 0);
    own.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [TOPIC] });
    own.hasOutput('AlarmTopicArn', { Value: TOPIC });
  });

  test('the brake turns off the mapping of this function when it costs too much, and can do nothing else', () => {
    const own = synthesize({ ...settings, alarms: { brake: true } });
    const mapping = only(own, 'AWS::Lambda::EventSourceMapping').id;
    const spend = only(own, 'AWS::CloudWatch::Alarm', 'Spend').id;
    const rule = only(own, 'AWS::Events::Rule', 'Brake').resource.Properties;
    expect(rule.EventPattern).toEqual({
      source: ['aws.cloudwatch'],
      'detail-type': ['CloudWatch Alarm State Change'],
      resources: [{ 'Fn::GetAtt': [spend, 'Arn'] }],
      detail: { state: { value: ['ALARM'] } },
    });
    const machine = only(own, 'AWS::StepFunctions::StateMachine');
    expect(rule.Targets).toMatchObject([{ Arn: { Ref: machine.id } }]);
    const definition = JSON.stringify(machine.resource.Properties.DefinitionString);
    expect(definition).toContain('aws-sdk:lambda:updateEventSourceMapping');
    expect(definition).toContain(`{"Ref":"${mapping}"}`);
    expect(definition).toContain('\\"Enabled\\":false');
    expect(definition.match(/\\"Type\\"/g)).toHaveLength(1);
    const { Statement } = only(own, 'AWS::IAM::Policy', 'BrakeMachineRole').resource.Properties
      .PolicyDocument;
    expect(Statement).toEqual([
      { Effect: 'Allow', Action: 'lambda:UpdateEventSourceMapping', Resource: expect.anything() },
    ]);
    expect(JSON.stringify(Statement[0].Resource)).toContain(`:event-source-mapping:",{"Ref":"${mapping}"}`);
  });
});

test('the topic takes what CloudWatch sends for this account, and nothing without TLS', () => {
  template.hasResourceProperties('AWS::SNS::TopicPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        Match.objectLike({
          Effect: 'Allow',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Action: 'sns:Publish',
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        }),
      ]),
    },
  });
});

test('each alarm says what has happened in a sentence, and which entry of the runbook says what to do', () => {
  const headings = headingsOf('runbook.md');
  const all = alarmsOf(synthesize({ repair: { schedule: 'rate(1 day)' } }));
  expect(all).toHaveLength(8);
  for (const { AlarmDescription } of all) {
    const [, sentence, anchor] = /^(.+\.) What to do: docs\/runbook\.md#(\S+)$/.exec(AlarmDescription) ?? [];
    expect(sentence).toMatch(/^[A-Z]/);
    expect(headings).toContain(anchor);
  }
});

test('each command of the runbook is run by test/deploy/runbook.test.ts', () => {
  const text = readFileSync('docs/runbook.md', 'utf8');
  const blocks = [...text.matchAll(/^ *```bash(.*)$/gm)].map(([, words]) => words);
  expect(blocks.length).toBeGreaterThan(10);
  for (const words of blocks) expect(words).toMatch(/^ run /);
});

test('the longest that an upload may wait follows from the time that its tries take', () => {
  const minutes = (settings: object) =>
    only(synthesize(settings), 'AWS::CloudWatch::Alarm', 'OldMessages').resource.Properties.Threshold / 60;
  expect(minutes({})).toBe(18);
  expect(minutes({ timeoutSeconds: 10 })).toBe(15);
  expect(minutes({ timeoutSeconds: 900 })).toBe(270);
});

test('too many dollars an hour are so much of the function’s time', () => {
  const spend = (settings: object) =>
    only(synthesize(settings), 'AWS::CloudWatch::Alarm', 'Spend').resource.Properties;
  // Half of what ten functions run in an hour.
  expect(spend({})).toMatchObject({
    Threshold: 5 * 3_600_000,
    Period: 3600,
    EvaluationPeriods: 3,
    Statistic: 'Sum',
  });
  expect(spend({ maxConcurrency: 100 }).Threshold).toBe(50 * 3_600_000);
  const one = spend({ alarms: { dollarsAnHour: 1 } });
  expect(one.AlarmDescription).toContain('$1.00');
  expect(spend({ alarms: { dollarsAnHour: 2 } }).Threshold / one.Threshold).toBeCloseTo(2);
});

test('the local cloud says nothing of all that: it has no effect on one machine', () => {
  const assembly = { stackName: 'Miniaturas', template: template.toJSON() } as unknown as Assembly;
  const place = { region: 'us-east-1', account: '000000000000', endpoint: 'http://127.0.0.1:1' };
  expect(uncovered(resolveStacks([assembly], place).resources)).toEqual([]);
});

test('the dashboard shows queue, outcomes, function and dollars, or is left out', () => {
  const body = JSON.stringify(only(template, 'AWS::CloudWatch::Dashboard').resource.Properties.DashboardBody);
  for (const shown of [
    'NumberOfMessagesVisible',
    'message.outcome',
    'message.reason',
    'Duration',
    'Concurrent',
    'FILL(',
  ])
    expect(body).toContain(shown);
  synthesize({ dashboard: false }).resourceCountIs('AWS::CloudWatch::Dashboard', 0);
});

test('the saved queries ask for fields that the log has', () => {
  const log = ['lambda/thumbnail/log.ts', 'lambda/thumbnail/model/outcome.ts'].map(file =>
    readFileSync(file, 'utf8'),
  );
  const queries = Object.values(template.findResources('AWS::Logs::QueryDefinition'));
  expect(queries).toHaveLength(6);
  for (const { Properties } of queries as any[]) {
    const fields = [...Properties.QueryString.matchAll(/message\.([a-zA-Z.0-9]+)/g)].flatMap(([, path]) =>
      path.split('.'),
    );
    for (const field of fields.filter(one => !/^\d+$/.test(one)))
      expect(log.join()).toMatch(new RegExp(`\\b${field}\\b`));
    expect(Properties.LogGroupNames).toEqual([{ Ref: only(template, 'AWS::Logs::LogGroup').id }]);
  }
});

test.each([
  [{ email: 'ops' }, /an e-mail address .* for miniaturas\.alarms\.email but received "ops"\./],
  [{ topicArn: 'alarms' }, /the ARN of a topic .* for miniaturas\.alarms\.topicArn but received "alarms"\./],
  [
    { dollarsAnHour: 0 },
    /Expected an amount of dollars above 0 for miniaturas\.alarms\.dollarsAnHour but received 0\./,
  ],
  [{ dollarsAnHour: 50 }, /less than \d+\.\d\d, the dollars that maxConcurrency 10 .* but received 50\./],
  [{ mail: 'a@b.c' }, /no setting of that name \(did you mean email\?\) for miniaturas\.alarms\.mail/],
  [{ email: 'a@b.c', topicArn: TOPIC }, /no address beside topicArn, .* for miniaturas\.alarms\.email/],
  [
    true,
    /alarms such as \{ "email": "ops@example\.com" \}, or false for none for miniaturas\.alarms but received true\./,
  ],
])('%j is refused with a sentence', (alarms, sentence) => {
  expect(() => synthesize({ alarms })).toThrow(ConfigError);
  expect(() => synthesize({ alarms })).toThrow(sentence);
});
