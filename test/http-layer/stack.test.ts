import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { context } from '../../cdk.json';
import { ENVIRONMENT } from '../../examples/http-layer/lambda/fetch-image/environment';
import layerPackage from '../../examples/http-layer/layers/http/package.json';
import { HttpLayerStack } from '../../examples/http-layer/lib/http-layer-stack';
import root from '../../package.json';
import { only } from '../template/synthesize';

const outdir = mkdtempSync(join(tmpdir(), 'http-layer-'));
afterAll(() => rmSync(outdir, { recursive: true }));

const app = new App({ outdir, context });
const stack = new HttpLayerStack(app, 'HttpLayer', {
  architecture: 'arm64',
  thumbnailPrefixes: ['miniaturas/'],
});
const template = Template.fromStack(stack);
const functions = Object.values(template.findResources('AWS::Lambda::Function'));

test('two functions share one version of one layer', () => {
  const layer = only(template, 'AWS::Lambda::LayerVersion');
  expect(functions.map(({ Properties }) => Properties.Layers)).toEqual([
    [{ Ref: layer.id }],
    [{ Ref: layer.id }],
  ]);
  expect(only(template, 'AWS::SSM::Parameter').resource.Properties).toMatchObject({
    Name: '/miniaturas/layers/http/arm64',
    Value: { Ref: layer.id },
  });
});

test('neither has a copy of the client in its own bundle', () => {
  /** Text that only the client's own code has. */
  const MARK = 'UND_ERR_CONNECT_TIMEOUT';
  expect(readFileSync(require.resolve('undici/lib/core/errors.js'), 'utf8')).toContain(MARK);
  const bundles = functions.map(({ Properties }) =>
    join(outdir, `asset.${Properties.Code.S3Key.replace('.zip', '')}`),
  );
  expect(new Set(bundles).size).toBe(2);
  for (const bundle of bundles) {
    expect(readdirSync(bundle)).toEqual(['index.js']);
    const code = readFileSync(join(bundle, 'index.js'), 'utf8');
    expect(code).toContain('require("undici")');
    expect(code).not.toContain(MARK);
  }
});

test('one may write into the bucket, but no thumbnails; the other may nothing', () => {
  const bucket = (pattern: string) => ({
    'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::', { Ref: 'BucketName' }, pattern]],
  });
  const statements = (name: string) =>
    only(template, 'AWS::IAM::Policy', name).resource.Properties.PolicyDocument.Statement.filter(
      ({ Action }: { Action: unknown }) => !JSON.stringify(Action).includes('logs:'),
    );
  expect(statements('GetJson')).toEqual([]);
  expect(statements('FetchImage')).toEqual([
    { Effect: 'Allow', Action: 's3:PutObject', Resource: bucket('/*') },
    { Effect: 'Deny', Action: 's3:PutObject', Resource: bucket('/miniaturas/*') },
  ]);
});

test('no function gets hosts that need not be public', () => {
  expect(JSON.stringify(template.toJSON())).not.toContain(ENVIRONMENT.hosts);
});

test('the tests use the client that is in the layer', () => {
  expect(layerPackage.dependencies.undici).toBe(root.devDependencies.undici);
});
