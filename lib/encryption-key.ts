import { ArnFormat, Aws, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

export interface EncryptionKeyProps {
  /** The ARN of a key that exists, whose policy the stack cannot change; or `create`. */
  readonly encryptionKey: string;
  /** Services that send to what the key encrypts, such as `s3.amazonaws.com`. */
  readonly senders: readonly string[];
  /** What becomes of a key of the stack's own when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
}

/** The KMS key of the bucket, the queues and the log. What the policy of a key that exists must hold: docs/security.md. */
export class EncryptionKey extends Construct {
  readonly key: IKey;

  constructor(scope: Construct, id: string, { encryptionKey, senders, removalPolicy }: EncryptionKeyProps) {
    super(scope, id);
    this.key =
      encryptionKey === 'create'
        ? new Key(this, 'Key', {
            description: 'Encrypts the images, the queues and the log of the thumbnails',
            enableKeyRotation: true,
            removalPolicy,
          })
        : Key.fromKeyArn(this, 'Key', encryptionKey);

    // Nothing happens here for a key that exists.
    for (const service of senders) this.key.addToResourcePolicy(maySend(service));
    this.key.addToResourcePolicy(mayEncryptLogs(Stack.of(this)));
  }
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html */
function maySend(service: string): PolicyStatement {
  return new PolicyStatement({
    principals: [new ServicePrincipal(service)],
    actions: ['kms:GenerateDataKey*', 'kms:Decrypt'],
    // In a key's policy: this key.
    resources: ['*'],
    conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
  });
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html */
function mayEncryptLogs(stack: Stack): PolicyStatement {
  // By the beginning of its name, which CloudFormation makes of the stack's: the log group needs the key before it can be made.
  const logGroups = stack.formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: `${stack.stackName}-*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return new PolicyStatement({
    principals: [new ServicePrincipal(`logs.${Aws.REGION}.${Aws.URL_SUFFIX}`)],
    actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
    resources: ['*'],
    conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logGroups } },
  });
}
