import { join } from 'node:path';
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { context } from '../../cdk.json';
import { DependencyLayer } from '../../lib/dependency-layer';

// With CDK's feature flags as Miniaturas has them. What this app is told is in the cdk.json beside this file.
const app = new App({ context });
const architecture = app.node.getContext('architecture');
const languages: string[] = app.node.getContext('languages');

const stack = new Stack(app, 'HttpLayer', { description: 'Functions with an HTTP client in a layer' });
const layer = (name: string) =>
  new DependencyLayer(stack, name, { name, architecture, root: join(__dirname, 'layers') });
const shared = {
  architecture: Architecture.custom(architecture),
  environment: { API_URL: app.node.getContext('apiUrl') },
  // Longer than the time limit of a request.
  timeout: Duration.seconds(15),
};

if (languages.includes('TypeScript')) {
  const { functionName } = new NodejsFunction(stack, 'TypeScript', {
    ...shared,
    runtime: Runtime.NODEJS_24_X,
    entry: join(__dirname, 'lambda/typescript/handler.ts'),
    layers: [layer('undici')],
    bundling: {
      // In the layer.
      externalModules: ['undici'],
      // CDK runs esbuild through npx, which below another `npx -p …` looks for it in that one's package only.
      environment: { npm_config_package: '' },
    },
  });
  new CfnOutput(stack, 'TypeScriptName', { value: functionName });
}

if (languages.includes('Python')) {
  const { functionName } = new LambdaFunction(stack, 'Python', {
    ...shared,
    runtime: Runtime.PYTHON_3_14,
    code: Code.fromAsset(join(__dirname, 'lambda/python')),
    handler: 'handler.handler',
    layers: [layer('requests')],
  });
  new CfnOutput(stack, 'PythonName', { value: functionName });
}
