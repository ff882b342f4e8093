import type { Resource } from './stack';

/** Accepted without a word: they change nothing on one machine, and the head of the local cloud says so. */
const WITHOUT_EFFECT = new Set([
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

/** Names each resource that AWS would run and the local cloud does not. */
export function ignoredResources(resources: readonly Resource[]): string[] {
  return resources
    .filter(({ simulated, type }) => !simulated && !WITHOUT_EFFECT.has(type))
    .map(({ type, logicalId }) => `${type} ${logicalId}`);
}
