import type { Resource } from './stack';

/** Accepted without a word: they change nothing on one machine, and the head of the local cloud says so. */
const TYPES_WITHOUT_EFFECT = new Set([
  'AWS::IAM::Role',
  'AWS::IAM::Policy',
  'AWS::IAM::ManagedPolicy',
  'AWS::KMS::Key',
  'AWS::KMS::Alias',
  'AWS::Logs::LogGroup',
  'AWS::S3::BucketPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::Lambda::LayerVersionPermission',
  'AWS::Lambda::Permission',
  'AWS::CDK::Metadata',
]);

/** Of each type that runs here, the properties that are followed, and those that change nothing on one machine. */
const PROPERTIES: Readonly<
  Record<string, { followed: readonly string[]; withoutEffect: readonly string[] }>
> = {
  'AWS::S3::Bucket': {
    followed: ['BucketName', 'NotificationConfiguration.QueueConfigurations'],
    withoutEffect: [
      'AccelerateConfiguration',
      'AccessControl',
      'AnalyticsConfigurations',
      'BucketEncryption',
      'IntelligentTieringConfigurations',
      'MetricsConfigurations',
      'OwnershipControls',
      'PublicAccessBlockConfiguration',
      'Tags',
    ],
  },
  'AWS::SQS::Queue': {
    followed: [
      'DelaySeconds',
      'MaximumMessageSize',
      'MessageRetentionPeriod',
      'QueueName',
      'ReceiveMessageWaitTimeSeconds',
      'RedrivePolicy',
      'VisibilityTimeout',
    ],
    withoutEffect: [
      'KmsDataKeyReusePeriodSeconds',
      'KmsMasterKeyId',
      'RedriveAllowPolicy',
      'SqsManagedSseEnabled',
      'Tags',
    ],
  },
  'AWS::Lambda::Function': {
    followed: [
      'Architectures',
      'Code',
      'Environment',
      'FunctionName',
      'Handler',
      'Layers',
      'LoggingConfig.ApplicationLogLevel',
      'LoggingConfig.LogFormat',
      'MemorySize',
      'Runtime',
      'Timeout',
    ],
    withoutEffect: [
      'CodeSigningConfigArn',
      'Description',
      'EphemeralStorage',
      'KmsKeyArn',
      'LoggingConfig.LogGroup',
      'LoggingConfig.SystemLogLevel',
      'RecursiveLoop',
      'Role',
      'RuntimeManagementConfig',
      'SnapStart',
      'Tags',
      'TracingConfig',
      'VpcConfig',
    ],
  },
  'AWS::Lambda::LayerVersion': {
    followed: ['Content', 'LayerName'],
    withoutEffect: ['CompatibleArchitectures', 'CompatibleRuntimes', 'Description', 'LicenseInfo'],
  },
  'AWS::Lambda::EventSourceMapping': {
    followed: [
      'BatchSize',
      'EventSourceArn',
      'FunctionName',
      'FunctionResponseTypes',
      'MaximumBatchingWindowInSeconds',
      'ScalingConfig',
    ],
    withoutEffect: ['KmsKeyArn', 'MetricsConfig', 'Tags'],
  },
  'AWS::SSM::Parameter': {
    followed: ['Name', 'Value'],
    withoutEffect: ['AllowedPattern', 'DataType', 'Description', 'Policies', 'Tags', 'Tier', 'Type'],
  },
};

/** Names what AWS would do with a template and the local cloud does not: each resource and each property of one. */
export function uncovered(resources: readonly Resource[]): string[] {
  return resources.flatMap(resource => {
    const { simulated, type, logicalId } = resource;
    if (TYPES_WITHOUT_EFFECT.has(type)) return [];
    const name = `${type} ${logicalId}`;
    return simulated ? ignoredProperties(resource).map(property => `${property} of ${name}`) : [name];
  });
}

function ignoredProperties({ type, properties }: Resource): string[] {
  const { followed = [], withoutEffect = [] } = PROPERTIES[type] ?? {};
  const known = [...followed, ...withoutEffect];
  return Object.entries(properties).flatMap(([name, value]) => {
    if (known.includes(name) || value === undefined || isDefault(name, value)) return [];
    if (!known.some(path => path.startsWith(`${name}.`))) return [name];
    const paths = Object.keys(value as object).map(part => `${name}.${part}`);
    return paths.filter(path => !known.includes(path));
  });
}

/** What a mapping does without being told. */
function isDefault(name: string, value: unknown): boolean {
  return name === 'Enabled' && String(value) === 'true';
}
