/** A template's statements of who may do what, in the words of docs/security.md. */

/** What logical ids and ARNs of the test's configurations stand for. */
const NAMES: readonly (readonly [RegExp, string])[] = [
  [/<SourceBucket\w+>|arn:<AWS::Partition>:s3:::fotos/g, 'bucket'],
  [/bucket\/\*/g, 'any object'],
  [/bucket\/[^ ,]+\/\*/g, 'thumbnails'],
  [/<QueuesQueue\w+>/g, 'queue'],
  [/<QueuesDeadLetterQueue\w+>/g, 'dead-letter queue'],
  [/<ThumbnailerLogs\w+>/g, 'log group'],
  [/<ThumbnailerRole\w+>/g, 'thumbnail function'],
  [/<RepairLogs\w+>/g, 'log group of the repair'],
  [/<RepairRole\w+>|<RepairFunction\w+>/g, 'repair function'],
  [/<RepairLoopRole\w+>|<RepairStateMachine\w+>/g, 'repair state machine'],
  [/<BrakeMachineEventsRole\w+>/g, 'rule of the brake'],
  [/<BrakeMachine\w+>/g, 'brake'],
  [
    /arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:event-source-mapping:<Thumbnailer\w+>/g,
    'event source mapping',
  ],
  [/<AlarmsTopic\w+>/g, 'topic of the alarms'],
  [/<SchedulerRoleForTarget\w+>/g, 'schedule'],
  [
    /arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter<RecipeParameter\w+>/g,
    'recipe parameter',
  ],
  [/<SourceEvents\w+>/g, 'the rule'],
  [/<EncryptionKey\w+>|arn:aws:kms:[^ ,]+/g, 'key'],
  [/arn:<AWS::Partition>:iam::<AWS::AccountId>:root/g, 'the account’s IAM policies'],
  [
    /arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:Miniaturas-\*/g,
    'a log group of the stack',
  ],
  [
    /arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:schedule-group\/default/g,
    'its group of schedules',
  ],
  [/<AWS::AccountId>/g, 'this account'],
  [/\.<AWS::Region>\.<AWS::URLSuffix>/g, '.<region>.amazonaws.com'],
];

type Resource = { readonly Type: string; readonly Properties?: Record<string, any> };

/** A line for each statement: `who | may | on | only if`. */
export function statementsOf(template: { readonly Resources: Readonly<Record<string, Resource>> }): string[] {
  const lines = Object.entries(template.Resources).flatMap(([id, { Type, Properties = {} }]) => {
    if (Properties.ManagedPolicyArns) throw new Error(`${id} has a policy that is not ours.`);
    if (Type === 'AWS::Lambda::Permission') {
      const { Principal, Action, FunctionName, ...conditions } = Properties;
      return [line({ who: Principal, Action, Resource: FunctionName, Condition: { '': conditions } })];
    }
    return statementsIn(Properties).map(statement => {
      const { Principal } = statement;
      const named = typeof Principal === 'string' ? Principal : (Principal?.Service ?? Principal?.AWS);
      const who = named ?? Properties.Roles;
      // A role's own policy says who may be it; a key's says `*` and means the key.
      const own = Type === 'AWS::IAM::Role' ? { Ref: id } : Type === 'AWS::KMS::Key' ? 'key' : undefined;
      return line({ ...statement, who, Resource: own ?? statement.Resource });
    });
  });
  return [...new Set(lines)].sort();
}

/** Every statement in a value, wherever it stands. */
function statementsIn(value: any): any[] {
  if (typeof value !== 'object' || value === null) return [];
  if (value.Effect && value.Action) return [value];
  return Object.values(value).flatMap(statementsIn);
}

function line({ who, Effect, Action, Resource, Condition = {} }: any): string {
  const conditions = Object.values(Condition).flatMap((test: any) =>
    Object.entries(test).map(([name, value]) => `\`${name}\` is ${text(value)}`),
  );
  const actions = [Action].flat().map((action: string) => `\`${action}\``);
  const may = `${Effect === 'Deny' ? 'never ' : ''}${actions.toSorted().join(', ')}`;
  return [list(who), may, list(Resource), conditions.join(' and ')]
    .join(' | ')
    .replaceAll(' |  | ', ' | | ')
    .trim();
}

function list(values: unknown): string {
  const words = [values].flat().map(text);
  return [...new Set(words)].sort().join(', ').replace(/^\*$/, 'everyone');
}

/** A value of a template as words. */
function text(value: any): string {
  return NAMES.reduce((words, [what, name]) => words.replaceAll(what, name), flat(value));
}

function flat(value: any): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (value.Ref) return `<${value.Ref}>`;
  if (value['Fn::GetAtt']) return `<${value['Fn::GetAtt'][0]}>`;
  if (value['Fn::Join']) return value['Fn::Join'][1].map(flat).join(value['Fn::Join'][0]);
  return JSON.stringify(value);
}
