import { uncoveredOfRule } from '../events/rule';
import type { Resource } from './stack';

/** Not named in the log: they have no effect on one machine. The docstring of `startLocalCloud` says so. */
const TYPES_WITHOUT_EFFECT = new Set([
  'AWS::IAM::Role',
  'AWS::IAM::Policy',
  'AWS::IAM::ManagedPolicy',
  'AWS::KMS::Key',
  'AWS::KMS::Alias',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::Logs::LogGroup',
  'AWS::Logs::QueryDefinition',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::Lambda::LayerVersionPermission',
  'AWS::Lambda::Permission',
  'AWS::CDK::Metadata',
]);

/** For each type that runs here: the properties that are followed, and those without effect on one machine. */
const PROPERTIES: Readonly<
  Record<string, { followed: readonly string[]; withoutEffect: readonly string[] }>
> = {
  'AWS::S3::Bucket': {
    followed: [
      'BucketName',
      'NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled',
      'NotificationConfiguration.QueueConfigurations',
    ],
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
      'RedrivePolicy.deadLetterTargetArn',
      'RedrivePolicy.maxReceiveCount',
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
      'Code.S3Bucket',
      'Code.S3Key',
      'Environment.Variables',
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
    followed: ['Content.S3Bucket', 'Content.S3Key', 'LayerName'],
    withoutEffect: ['CompatibleArchitectures', 'CompatibleRuntimes', 'Description', 'LicenseInfo'],
  },
  'AWS::Lambda::EventSourceMapping': {
    followed: [
      'BatchSize',
      'Enabled',
      'EventSourceArn',
      'FunctionName',
      'FunctionResponseTypes',
      'MaximumBatchingWindowInSeconds',
      'ScalingConfig.MaximumConcurrency',
    ],
    withoutEffect: ['KmsKeyArn', 'MetricsConfig', 'Tags'],
  },
  'AWS::Events::Rule': {
    // The values of the first three are looked at in `unknownValues`.
    followed: ['EventBusName', 'EventPattern', 'Targets', 'Name', 'State'],
    withoutEffect: ['Description', 'RoleArn', 'Tags'],
  },
  'AWS::SSM::Parameter': {
    followed: ['Name', 'Value'],
    withoutEffect: ['AllowedPattern', 'DataType', 'Description', 'Policies', 'Tags', 'Tier', 'Type'],
  },
};

/**
 * Names what AWS does with templates and the local cloud does not: resources, properties, and values of properties that
 * are otherwise followed.
 */
export function uncovered(resources: readonly Resource[]): string[] {
  return resources.flatMap(resource => {
    const { simulated, type, logicalId } = resource;
    if (TYPES_WITHOUT_EFFECT.has(type)) return [];
    const name = `${type} ${logicalId}`;
    if (!simulated) return [name];
    const { followed = [], withoutEffect = [] } = PROPERTIES[type] ?? {};
    const ignored = [
      ...(resource.condition === undefined ? [] : ['Condition']),
      ...unknownPaths('', resource.properties, [...followed, ...withoutEffect]),
      ...unknownValues(resource, resources),
    ];
    return ignored.map(what => `${what} of ${name}`);
  });
}

/** The paths in a value that are not known, each as short as it can be. */
function unknownPaths(path: string, value: unknown, known: readonly string[]): string[] {
  if (value === undefined || known.includes(path)) return [];
  const isPartlyKnown = path === '' || known.some(one => one.startsWith(`${path}.`));
  if (!isPartlyKnown || typeof value !== 'object' || value === null) return [path];
  const entries = Object.entries(value);
  return entries.flatMap(([name, part]) => unknownPaths(path ? `${path}.${name}` : name, part, known));
}

function unknownValues(resource: Resource, resources: readonly Resource[]): readonly string[] {
  if (resource.type === 'AWS::Events::Rule') return uncoveredOfRule(resource, resources);
  return resource.type === 'AWS::Lambda::Function' ? unknownOfFunction(resource, resources) : [];
}

function unknownOfFunction({ properties }: Resource, resources: readonly Resource[]): string[] {
  const { Runtime = 'none', Layers = [] } = properties as {
    readonly Runtime?: string;
    readonly Layers?: readonly string[];
  };
  const foreign = Layers.filter(arn => !resources.some(({ ref }) => ref === arn));
  return [
    ...(Runtime.startsWith('nodejs') ? [] : [`Runtime ${Runtime}`]),
    ...foreign.map(arn => `layer ${arn}`),
  ];
}
