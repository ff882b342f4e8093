import { setTimeout } from 'node:timers/promises';
import {
  GetEventSourceMappingCommand,
  type LambdaClient,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';

/** Between two looks at a mapping that is being turned on or off, in ms. */
const PAUSE = 1000;

/** The mapping's state, in Lambda's words: `Enabled`, `Disabled`, or on the way to one (`Disabling`, …). */
export async function mappingState(lambda: LambdaClient, id: string): Promise<string> {
  const { State = 'unknown' } = await lambda.send(new GetEventSourceMappingCommand({ UUID: id }));
  return State;
}

/** Whether messages are taken, or soon will be; a mapping is in the state `Updating` while its settings change. */
export function isOn(state: string): boolean {
  return state !== 'Disabled' && state !== 'Disabling';
}

/** Turns a mapping on or off, and resolves when it is. */
export async function turn(
  lambda: LambdaClient,
  id: string,
  { on, signal }: { readonly on: boolean; readonly signal: AbortSignal },
): Promise<void> {
  await lambda.send(new UpdateEventSourceMappingCommand({ UUID: id, Enabled: on }));
  while ((await mappingState(lambda, id)) !== (on ? 'Enabled' : 'Disabled')) {
    await setTimeout(PAUSE, undefined, { signal });
  }
}
