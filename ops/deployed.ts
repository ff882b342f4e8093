import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda';
import { ENVIRONMENT, type Settings } from '../lambda/thumbnail/model/settings';
import type { Architecture } from '../layers/architecture';
import type { Resource } from '../local/template/stack';

/** The thumbnail function as it is deployed. */
export interface Deployed {
  readonly settings: Settings;
  readonly architecture: Architecture;
  readonly memoryMiB: number;
  /** Time for one batch. */
  readonly timeoutSeconds: number;
  /** Messages a batch, at most. */
  readonly batchSize: number;
  /** Functions running at once, at most. */
  readonly maxConcurrency: number;
}

/** Lambda's defaults: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-function.html */
const DEFAULTS = { memoryMiB: 128, timeoutSeconds: 3, batchSize: 10, maxConcurrency: 1000 } as const;

/** The function of ours in the resources of a template: the one that a queue feeds. Undefined where there is none. */
export function deployedIn(resources: readonly Resource[]): Deployed | undefined {
  const mappingOf = (name: string) =>
    resources.find(({ properties: { FunctionName } }) => FunctionName === name)?.properties;
  const all = resources.flatMap(({ name, properties }) => {
    const mapping = mappingOf(name);
    const deployed = deployedOf(properties, mapping);
    return deployed ? [{ deployed, isFed: mapping !== undefined }] : [];
  });
  return (all.find(({ isFed }) => isFed) ?? all[0])?.deployed;
}

function deployedOf(configured: FunctionProperties, mapping: MappingProperties = {}): Deployed | undefined {
  const settings = configured.Environment?.Variables?.[ENVIRONMENT.settings];
  if (settings === undefined) return undefined;
  return {
    settings: JSON.parse(settings),
    architecture: configured.Architectures?.[0] ?? 'x86_64',
    memoryMiB: configured.MemorySize ?? DEFAULTS.memoryMiB,
    timeoutSeconds: configured.Timeout ?? DEFAULTS.timeoutSeconds,
    batchSize: mapping.BatchSize ?? DEFAULTS.batchSize,
    maxConcurrency: mapping.ScalingConfig?.MaximumConcurrency ?? DEFAULTS.maxConcurrency,
  };
}

/**
 * The function of a stack: what AWS runs, whatever cdk.json says meanwhile.
 *
 * @throws Error if it is no function of this app
 */
export async function deployedOnAws(functionName: string): Promise<Deployed> {
  const client = new LambdaClient({});
  try {
    const FunctionName = functionName;
    const [configuration, { EventSourceMappings = [] }] = await Promise.all([
      client.send(new GetFunctionConfigurationCommand({ FunctionName })),
      client.send(new ListEventSourceMappingsCommand({ FunctionName })),
    ]);
    const deployed = deployedOf(configuration as FunctionProperties, EventSourceMappings[0]);
    if (deployed) return deployed;
  } finally {
    client.destroy();
  }
  throw new Error(
    `Expected ${ENVIRONMENT.settings} in the environment of the function ${functionName} but found none: deploy the stack again.`,
  );
}

/** What CloudFormation and Lambda's API name alike. */
interface FunctionProperties {
  readonly Environment?: { readonly Variables?: Readonly<Record<string, string>> };
  readonly MemorySize?: number;
  readonly Timeout?: number;
  readonly Architectures?: readonly Architecture[];
}

interface MappingProperties {
  readonly BatchSize?: number | undefined;
  readonly ScalingConfig?: { readonly MaximumConcurrency?: number | undefined } | undefined;
}
