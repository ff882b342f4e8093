import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  Code,
  Architecture as LambdaArchitecture,
  Function as LambdaFunction,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { context } from '../../cdk.json';
import { DependencyLayer, type DependencyLayerProps } from '../../lib/dependency-layer';
import { only } from './synthesize';

const app = () => new App({ context });

function synthesize(props: Partial<DependencyLayerProps> = {}): Template {
  const stack = new Stack(app(), 'Any');
  new DependencyLayer(stack, 'Sharp', { name: 'sharp', architecture: 'arm64', ...props });
  return Template.fromStack(stack);
}

const addFunction = (stack: Stack, layer: DependencyLayer, architecture?: LambdaArchitecture) =>
  new LambdaFunction(stack, 'Function', {
    code: Code.fromInline('exports.handler = () => {}'),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
    layers: [layer],
    ...(architecture && { architecture }),
  });

test('other stacks find the ARN of the newest version in SSM', () => {
  const template = synthesize();
  expect(only(template, 'AWS::SSM::Parameter').resource.Properties).toMatchObject({
    Name: '/miniaturas/layers/sharp/arm64',
    Type: 'String',
    Value: { Ref: only(template, 'AWS::Lambda::LayerVersion').id },
  });
});

test('a version that is replaced stays, with its permissions; the newest goes with its stack', () => {
  const template = synthesize({ shareWith: { accounts: ['123456789012'] } });
  for (const type of ['AWS::Lambda::LayerVersion', 'AWS::Lambda::LayerVersionPermission']) {
    expect(only(template, type).resource).toMatchObject({
      UpdateReplacePolicy: 'Retain',
      DeletionPolicy: 'Delete',
    });
  }
});

test('the same content is the same asset; what names no content has no part in it', () => {
  const key = (template: Template) =>
    only(template, 'AWS::Lambda::LayerVersion').resource.Properties.Content.S3Key;
  expect(key(synthesize())).toBe(key(synthesize({ namespace: 'other' })));
  expect(key(synthesize())).not.toBe(key(synthesize({ architecture: 'x86_64' })));
});

describe('a layer is shared', () => {
  const permissions = (shareWith?: DependencyLayerProps['shareWith']) =>
    Object.values(
      synthesize(shareWith && { shareWith }).findResources('AWS::Lambda::LayerVersionPermission'),
    ).map(({ Properties: { Action, Principal, OrganizationId } }) => ({ Action, Principal, OrganizationId }));
  const Action = 'lambda:GetLayerVersion';

  test('with nobody by default', () => {
    expect(permissions()).toEqual([]);
  });

  test('with accounts, each once', () => {
    expect(permissions({ accounts: ['111111111111', '222222222222', '111111111111'] })).toEqual([
      { Action, Principal: '111111111111' },
      { Action, Principal: '222222222222' },
    ]);
  });

  test('with an organization', () => {
    expect(permissions({ organization: 'o-a1b2c3d4e5' })).toEqual([
      { Action, Principal: '*', OrganizationId: 'o-a1b2c3d4e5' },
    ]);
  });

  test.each([
    [{ accounts: ['*'] }, 'Expected the 12 digits of an account for shareWith but received "*".'],
    [{ organization: '*' }, 'Expected the id of an organization for shareWith but received "*".'],
  ])('never with everyone: %j', (shareWith, message) => {
    expect(() => permissions(shareWith)).toThrow(message);
  });
});

describe('a function of another CPU than its layer’s is refused', () => {
  const layerIn = (stack: Stack) =>
    new DependencyLayer(stack, 'Sharp', { name: 'sharp', architecture: 'arm64' });
  const sentence = (path: string) => `Function ${path} runs on x86_64 and cannot load a layer for arm64.`;

  test('in the same stack, also where it names none', () => {
    const stack = new Stack(app(), 'Any');
    addFunction(stack, layerIn(stack));
    expect(() => Template.fromStack(stack)).toThrow(sentence('Any/Function/Resource'));
  });

  test('in another stack', () => {
    const all = app();
    const layer = layerIn(new Stack(all, 'Layers'));
    addFunction(new Stack(all, 'Other'), layer, LambdaArchitecture.X86_64);
    expect(() => all.synth()).toThrow(sentence('Other/Function/Resource'));
  });

  test('and one of the same CPU is not', () => {
    const stack = new Stack(app(), 'Any');
    addFunction(stack, layerIn(stack), LambdaArchitecture.ARM_64);
    expect(Template.fromStack(stack).findResources('AWS::Lambda::Function')).not.toEqual({});
  });
});
