import type { Counters } from '../counters';
import type { Log } from '../signal';
import { type FunctionSpec, runtimeNode } from './function';
import { createPool, type FunctionPool } from './pool';
import type { Ending } from './process';

/** The functions of the templates. */
export interface Functions {
  /** @param spec asked for at the first use of the function */
  add(name: string, spec: () => FunctionSpec): void;
  /** A function by its name or ARN; undefined when there is none. */
  find(nameOrArn: string): FunctionPool | undefined;
  /** Runs a function; undefined when there is none of that name or ARN. */
  invoke(nameOrArn: string, event: unknown): Promise<Ending> | undefined;
  /** Ids of the processes that are alive. */
  processes(): readonly number[];
  /** Ends all processes; running invocations end as crashed. */
  stop(): Promise<void>;
}

export function createFunctions({
  counters,
  log,
}: {
  readonly counters: Counters;
  readonly log: Log;
}): Functions {
  const specs = new Map<string, () => FunctionSpec>();
  const pools = new Map<string, FunctionPool>();
  const node = runtimeNode(log);

  function find(nameOrArn: string): FunctionPool | undefined {
    const name = nameOrArn.split(':').at(-1) ?? nameOrArn;
    const spec = specs.get(name);
    if (!spec) return undefined;
    const pool = pools.get(name) ?? createPool(spec(), { node, log, counters });
    pools.set(name, pool);
    return pool;
  }

  return {
    add: (name, spec) => void specs.set(name, spec),
    find,
    invoke: (nameOrArn, event) => find(nameOrArn)?.invoke(event),
    processes: () => [...pools.values()].flatMap(pool => pool.processes()),
    async stop() {
      await Promise.all([...pools.values()].map(pool => pool.stop()));
    },
  };
}
