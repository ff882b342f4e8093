import type { Counters } from '../counters';
import type { Log } from '../signal';
import type { FunctionSpec } from './function';
import { type Ending, type FunctionProcess, startProcess } from './process';

/** The execution environments of one function; started on demand and used again. */
export interface FunctionPool {
  /** Runs the function in an idle process, or in a new one when all are busy. */
  invoke(event: unknown): Promise<Ending>;
  /** Ids of the processes that are alive. */
  processes(): readonly number[];
  /** Ends all processes; running invocations end as crashed. */
  stop(): Promise<void>;
}

const COUNTERS = {
  answered: undefined,
  failed: 'errors',
  'timed out': 'timeouts',
  crashed: 'crashes',
} as const;

export function createPool(
  spec: FunctionSpec,
  options: { readonly node: string; readonly log: Log; readonly counters: Counters },
): FunctionPool {
  const { log, counters } = options;
  const idle: FunctionProcess[] = [];
  const all = new Set<FunctionProcess>();
  let stopped = false;

  function take(): FunctionProcess {
    let process = idle.pop();
    while (process && !process.isAlive()) {
      // It ended between two invocations.
      counters.crashes++;
      all.delete(process);
      process = idle.pop();
    }
    if (process) return process;
    counters.coldStarts++;
    const started = startProcess(spec, options);
    all.add(started);
    return started;
  }

  return {
    async invoke(event) {
      const process = take();
      counters.invocations++;
      const ending = await process.invoke(event);
      if (process.isAlive() && (ending.kind === 'answered' || ending.kind === 'failed')) idle.push(process);
      else all.delete(process);
      if (stopped) return ending;
      const counter = COUNTERS[ending.kind];
      if (counter) counters[counter]++;
      // An error of the handler is in the function's log already.
      if (ending.kind === 'timed out' || ending.kind === 'crashed') log(`[${spec.name}] ${ending.error}`);
      return ending;
    },
    processes: () => [...all].flatMap(({ id, isAlive }) => (id !== undefined && isAlive() ? [id] : [])),
    async stop() {
      stopped = true;
      await Promise.all([...all].map(process => process.kill()));
    },
  };
}
