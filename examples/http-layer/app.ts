import { join } from 'node:path';
import { App, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, type NodejsFunctionProps } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { context } from '../../cdk.json';
import { DependencyLayer } from '../../lib/dependency-layer';

// With CDK's feature flags as Miniaturas has them. What this app is told is in the cdk.json beside this file.
const app = new App({ context });
const architecture = app.node.getContext('architecture');
const apiUrl: string = app.node.getContext('apiUrl');
const sites: string[] = app.node.getContext('sites');

const stack = new Stack(app, 'HttpLayer', { description: 'Two functions that share an HTTP client' });
const root = join(__dirname, 'layers');
const layer = new DependencyLayer(stack, 'Layer', { name: 'http', architecture, root });

const shared: NodejsFunctionProps = {
  layers: [layer],
  bundling: {
    // In the layer.
    externalModules: ['undici'],
    // CDK runs esbuild through npx, which below another `npx -p …` looks for it in that one's package only.
    environment: { npm_config_package: '' },
  },
  runtime: Runtime.NODEJS_24_X,
  architecture: Architecture.custom(architecture),
  // Longer than the time limit of a request.
  timeout: Duration.seconds(15),
  logGroup: new LogGroup(stack, 'Logs', {
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  }),
};

const getJson = new NodejsFunction(stack, 'GetJson', {
  ...shared,
  description: `Answers with the JSON of ${apiUrl}`,
  entry: join(__dirname, 'lambda/get-json/handler.ts'),
  environment: { API_URL: apiUrl },
});
const checkSites = new NodejsFunction(stack, 'CheckSites', {
  ...shared,
  description: 'Answers with the HTTP status of each of its sites',
  entry: join(__dirname, 'lambda/check-sites/handler.ts'),
  environment: { SITES: sites.join(' ') },
});
new CfnOutput(stack, 'GetJsonName', { value: getJson.functionName });
new CfnOutput(stack, 'CheckSitesName', { value: checkSites.functionName });
