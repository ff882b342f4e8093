import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture as LambdaArchitecture, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Architecture } from '../../../layers/architecture';
import type { DependencyLayer } from '../../../lib/dependency-layer';

export interface HttpFunctionProps {
  readonly description: string;
  /** The folder below lambda/ with its `handler.ts`. */
  readonly folder: string;
  /** The layer with the HTTP client. */
  readonly layer: DependencyLayer;
  readonly architecture: Architecture;
  readonly environment: Readonly<Record<string, string>>;
}

/** A function that has its HTTP client from a layer. */
export class HttpFunction extends Construct {
  readonly function: NodejsFunction;

  constructor(scope: Construct, id: string, props: HttpFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // A role of our own: the one CDK makes may write to every log group.
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);

    this.function = new NodejsFunction(this, 'Function', {
      description: props.description,
      entry: join(__dirname, '../lambda', props.folder, 'handler.ts'),
      runtime: Runtime.NODEJS_24_X,
      architecture: LambdaArchitecture.custom(props.architecture),
      memorySize: 512,
      // Longer than the functions' own limits for what they fetch: they answer before they are stopped.
      timeout: Duration.seconds(30),
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      layers: [props.layer],
      environment: { ...props.environment },
      bundling: {
        format: OutputFormat.CJS,
        target: 'node24',
        // In the layer.
        externalModules: ['undici'],
        mainFields: ['module', 'main'],
        minify: true,
        // CDK finds esbuild with npx, which below another `npx -p …` would look for it in that one's package alone.
        environment: { npm_config_package: '' },
      },
    });
  }
}
