import { spawnSync } from 'node:child_process';
import type { FunctionSpec } from '../local/function/function';
import { startProcess } from '../local/function/process';
import { has, startChild } from './child';
import { awsEnvironment, NODE } from './functions';

/** A function in a process of its own, on one CPU. */
export interface Invokable {
  readonly id: number;
  /** @throws Error unless it succeeds */
  invoke(event: object): Promise<void>;
  stop(): Promise<void>;
}

export const FUNCTION_CPU = 1;

/** A Node function, by the local cloud's stand-in for Lambda's runtime. */
export function startFunction(spec: FunctionSpec): Invokable {
  const started = startProcess(spec, { node: NODE, log: () => undefined });
  const id = started.id ?? 0;
  if (has('taskset')) spawnSync('taskset', ['-acp', `${FUNCTION_CPU}`, `${id}`]);
  return {
    id,
    async invoke(event) {
      const ending = await started.invoke(event);
      const answer = ending.kind === 'answered' ? (ending.answer as Partial<Answer> | null) : undefined;
      const failures = answer?.batchItemFailures?.length ?? 0;
      if (ending.kind !== 'answered' || failures > 0)
        throw new Error(`Expected success: ${JSON.stringify(ending)}`);
    },
    stop: () => started.kill(),
  };
}

interface Answer {
  readonly batchItemFailures: readonly unknown[];
}

/** The tutorials' function in Python. */
export async function startPillow(python: string, spec: FunctionSpec): Promise<Invokable> {
  const file = `${__dirname}/contenders/pillow.py`;
  const child = await startChild([python, file, 'handler'], {
    cpu: FUNCTION_CPU,
    environment: awsEnvironment(spec),
  });
  return { id: child.id, invoke: async event => void (await child.ask(event)), stop: child.stop };
}
