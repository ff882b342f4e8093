import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { stackOutputs } from './target';

/** A deployed stack, as far as its names are asked for. */
export interface Deployment {
  readonly outputs: Readonly<Record<string, string>>;
  readonly alarmNames: readonly string[];
  /** Of the mapping that takes messages from the queue to the function. */
  readonly mappingId: string;
}

/** @throws Error that says how to name the stack if there is none of this name, or it is not of this app */
export async function deploymentOf(stack: string): Promise<Deployment> {
  const outputs = await stackOutputs(stack);
  const client = new CloudFormationClient({});
  try {
    const { StackResources = [] } = await client.send(
      new DescribeStackResourcesCommand({ StackName: stack }),
    );
    const idsOf = (type: string) =>
      StackResources.filter(({ ResourceType }) => ResourceType === type).flatMap(
        ({ PhysicalResourceId }) => PhysicalResourceId ?? [],
      );
    const [mappingId] = idsOf('AWS::Lambda::EventSourceMapping');
    if (mappingId === undefined) {
      throw new Error(`Expected an event source mapping in the stack ${stack}: is it a stack of this app?`);
    }
    return { outputs, mappingId, alarmNames: idsOf('AWS::CloudWatch::Alarm') };
  } finally {
    client.destroy();
  }
}
