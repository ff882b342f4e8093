import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { context } from '../../cdk.json';
import { loadConfig } from '../../lib/config/load';
import { MiniaturasStack } from '../../lib/miniaturas-stack';

/** The template of the app as bin/ makes it. */
function templateOf(settings: object): { stack: MiniaturasStack; template: Template } {
  const app = new App({ context: { ...context, miniaturas: settings, 'aws:cdk:bundling-stacks': [] } });
  const config = loadConfig(app.node);
  const { stackName, env, tags } = config;
  const stack = new MiniaturasStack(app, stackName, { config, env, tags });
  return { stack, template: Template.fromStack(stack) };
}

test('no name that two stacks of one account would both want', () => {
  const NAMES = ['BucketName', 'QueueName', 'FunctionName', 'RoleName', 'LogGroupName', 'LayerName', 'Name'];
  const namesIn = (stackName: string) =>
    Object.values(templateOf({ stackName }).template.toJSON().Resources).flatMap(({ Properties }: any) =>
      NAMES.flatMap(name => Properties?.[name] ?? []),
    );
  const [one, other] = [namesIn('Miniaturas'), namesIn('Other')];
  expect(one.length).toBeGreaterThan(0);
  expect(one.filter(name => other.includes(name))).toEqual([]);
});

test('tags and place are those of the configuration', () => {
  const env = { account: '111122223333', region: 'eu-west-1' };
  const { stack } = templateOf({ tags: { team: 'web', 'cost:centre': '7' }, env });
  expect([stack.account, stack.region]).toEqual(['111122223333', 'eu-west-1']);
  expect(stack.tags.tagValues()).toEqual({ team: 'web', 'cost:centre': '7' });
});
