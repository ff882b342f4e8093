import { createHash } from 'node:crypto';

/** The region, account and endpoint of the local cloud. */
export interface Location {
  readonly region: string;
  readonly account: string;
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
}

/** The names of a resource on this machine. */
export interface Place {
  readonly name: string;
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Whether the local cloud runs it; for others only references to them are resolved. */
  readonly simulated: boolean;
}

interface Named {
  readonly name: string;
  readonly location: Location;
}

const PLACES: Readonly<Record<string, (named: Named) => Pick<Place, 'ref' | 'attributes'>>> = {
  'AWS::S3::Bucket': ({ name }) => ({ ref: name, attributes: { Arn: bucketArn(name) } }),
  'AWS::SQS::Queue': ({ name, location }) => {
    const url = queueUrl(name, location);
    return { ref: url, attributes: { Arn: arn('sqs', name, location), QueueName: name, QueueUrl: url } };
  },
  'AWS::Lambda::Function': ({ name, location }) => ({
    ref: name,
    attributes: { Arn: arn('lambda', `function:${name}`, location) },
  }),
  'AWS::Lambda::LayerVersion': ({ name, location }) => {
    const versionArn = arn('lambda', `layer:${name}:1`, location);
    return { ref: versionArn, attributes: { LayerVersionArn: versionArn } };
  },
  'AWS::SSM::Parameter': ({ name }) => ({ ref: name, attributes: {} }),
  'AWS::Events::Rule': ({ name, location }) => ({
    ref: name,
    attributes: { Arn: arn('events', `rule/${name}`, location) },
  }),
  'AWS::Lambda::EventSourceMapping': ({ name }) => ({ ref: name, attributes: { Id: name } }),
};

/** The properties with which a template names a resource. */
const NAME_PROPERTIES = ['BucketName', 'QueueName', 'FunctionName', 'LayerName', 'Name'];

/** Names a resource: as in the template, else by stack and logical id, as CloudFormation does. */
export function placeOf(resource: {
  readonly stackName: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly location: Location;
}): Place {
  const { stackName, logicalId, type, properties, location } = resource;
  const given = NAME_PROPERTIES.map(property => properties[property]).find(
    value => typeof value === 'string',
  );
  const generated =
    type === 'AWS::S3::Bucket' ? bucketName(stackName, logicalId) : `${stackName}-${logicalId}`;
  const name = typeof given === 'string' ? given : generated;
  const place = PLACES[type]?.({ name, location });
  return { name, simulated: place !== undefined, ...(place ?? { ref: logicalId, attributes: {} }) };
}

export function bucketArn(name: string): string {
  return `arn:aws:s3:::${name}`;
}

export function queueUrl(name: string, { endpoint, account }: Location): string {
  return `${endpoint}/${account}/${name}`;
}

function arn(service: string, resource: string, { region, account }: Location): string {
  return `arn:aws:${service}:${region}:${account}:${resource}`;
}

/** S3 wants at most 63 lower-case characters. */
function bucketName(stackName: string, logicalId: string): string {
  const name = `${stackName}-${logicalId}`.toLowerCase();
  if (name.length <= 63) return name;
  return `${name.slice(0, 54)}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
}
