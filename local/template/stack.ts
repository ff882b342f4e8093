import type { Assembly } from './assembly';
import { resolveIntrinsics, type Scope } from './intrinsics';
import { type Place, placeOf } from './places';

/** Where the local cloud pretends to be. */
export interface Location {
  readonly region: string;
  readonly account: string;
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
}

/** A resource with every reference resolved to what it is on this machine. */
export interface Resource extends Place {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A template as it stands on this machine. */
export interface Stack {
  readonly resources: readonly Resource[];
  readonly outputs: Readonly<Record<string, string>>;
}

/** Resolves a whole template for one location. */
export function resolveStack({ stackName, template }: Assembly, location: Location): Stack {
  const places = new Map(
    Object.entries(template.Resources).map(([logicalId, { Type, Properties = {} }]) => [
      logicalId,
      placeOf({ stackName, logicalId, type: Type, properties: Properties, location }),
    ]),
  );
  const parameters = new Map<string, string>([
    ['AWS::Region', location.region],
    ['AWS::AccountId', location.account],
    ['AWS::Partition', 'aws'],
    ['AWS::URLSuffix', 'amazonaws.com'],
    ['AWS::StackName', stackName],
    [
      'AWS::StackId',
      `arn:aws:cloudformation:${location.region}:${location.account}:stack/${stackName}/local`,
    ],
    ...Object.entries(template.Parameters ?? {}).map(
      ([name, { Default = '' }]) => [name, String(Default)] as const,
    ),
  ]);
  const scope: Scope = {
    ref: name => parameters.get(name) ?? places.get(name)?.ref ?? unknownReference(name),
    // The attributes of what the local cloud leaves out (roles, keys) end in places where nothing reads them.
    attribute: (logicalId, name) =>
      (places.get(logicalId) ?? unknownReference(logicalId)).attributes[name] ?? `${logicalId}.${name}`,
  };
  const resources = [...places].map(([logicalId, place]) => {
    const { Type: type, Properties = {} } = template.Resources[logicalId] ?? { Type: '' };
    const properties = place.simulated ? resolveIntrinsics(Properties, scope) : {};
    return { ...place, logicalId, type, properties: properties as Resource['properties'] };
  });
  const outputs = Object.entries(template.Outputs ?? {}).map(
    ([name, { Value }]) => [name, String(resolveIntrinsics(Value, scope))] as const,
  );
  return { resources, outputs: Object.fromEntries(outputs) };
}

function unknownReference(name: string): never {
  throw new Error(`Expected a reference to something in the template but received ${name}.`);
}
