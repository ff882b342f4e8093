import type { Assembly, Template } from './assembly';
import { resolveIntrinsics, type Scope } from './intrinsics';
import { type Location, type Place, placeOf } from './places';

/** A resource with every reference resolved to what it is on this machine. */
export interface Resource extends Place {
  readonly logicalId: string;
  readonly type: string;
  /** The name of its condition, which is not evaluated. */
  readonly condition?: string | undefined;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Resolved templates. */
export interface Stack {
  readonly resources: readonly Resource[];
  readonly outputs: Readonly<Record<string, string>>;
}

/**
 * Resolves templates in order. A parameter of a template gets the output of the same name of an earlier template, as
 * with `cdk deploy --parameters`, else its default. A parameter of type `AWS::SSM::Parameter::Value<…>` gets the value
 * of the SSM parameter in an earlier template.
 */
export function resolveStacks(assemblies: readonly Assembly[], location: Location): Stack {
  return assemblies.reduce<Stack>(
    (earlier, assembly) => {
      const { resources, outputs } = resolveStack(assembly, location, earlier);
      return {
        resources: [...earlier.resources, ...resources],
        // Of two outputs of one name the first counts.
        outputs: { ...outputs, ...earlier.outputs },
      };
    },
    { resources: [], outputs: {} },
  );
}

function resolveStack({ stackName, template }: Assembly, location: Location, earlier: Stack): Stack {
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
    ...parameterValues(template, earlier),
  ]);
  const scope: Scope = {
    ref: name => parameters.get(name) ?? places.get(name)?.ref ?? unknownReference(name),
    // Attributes of resources that do not run here (roles, keys) are read by nothing.
    attribute: (logicalId, name) =>
      (places.get(logicalId) ?? unknownReference(logicalId)).attributes[name] ?? `${logicalId}.${name}`,
  };
  const resources = [...places].map(([logicalId, place]) => {
    const {
      Type: type,
      Condition: condition,
      Properties = {},
    } = template.Resources[logicalId] ?? { Type: '' };
    const properties = place.simulated ? resolveIntrinsics(Properties, scope) : {};
    return { ...place, logicalId, type, condition, properties: properties as Resource['properties'] };
  });
  const outputs = Object.entries(template.Outputs ?? {}).map(
    ([name, { Value }]) => [name, String(resolveIntrinsics(Value, scope))] as const,
  );
  return { resources, outputs: Object.fromEntries(outputs) };
}

function parameterValues({ Parameters = {} }: Template, { resources, outputs }: Stack): [string, string][] {
  return Object.entries(Parameters).map(([name, { Type = 'String', Default = '' }]) => {
    const stored = resources.find(({ type, ref }) => type === 'AWS::SSM::Parameter' && ref === Default);
    const given = Type.startsWith('AWS::SSM::') ? stored?.properties.Value : outputs[name];
    return [name, String(given ?? Default)];
  });
}

function unknownReference(name: string): never {
  throw new Error(`Expected a reference to something in the template but received ${name}.`);
}
