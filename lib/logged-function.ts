import { RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  type FunctionProps,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

type Props = Omit<FunctionProps, 'role' | 'logGroup' | 'loggingFormat' | 'handler' | 'runtime'>;

/**
 * A function on the newest Node of Lambda, with a role and a log group of its own.
 *
 * @param options.key encrypts the log; a key of AWS's where there is none
 */
export function loggedFunction(
  scope: Construct,
  { key, ...props }: Props & { readonly key: IKey | undefined },
): { readonly fn: LambdaFunction; readonly role: Role } {
  const logGroup = new LogGroup(scope, 'Logs', {
    ...(key && { encryptionKey: key }),
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  // A role of our own: the one CDK makes may write to every log group.
  const role = new Role(scope, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  const fn = new LambdaFunction(scope, 'Function', {
    ...props,
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
    role,
    logGroup,
    loggingFormat: LoggingFormat.JSON,
  });
  return { fn, role };
}
