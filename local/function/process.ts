import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createSignal, type Log, type Signal } from '../signal';
import type { FunctionSpec } from './function';
import { readOutput } from './output';

/** How an invocation ended. After a time-out or a crash the process is gone. */
export type Ending =
  | { readonly kind: 'answered'; readonly answer: unknown }
  | { readonly kind: 'failed' | 'timed out' | 'crashed'; readonly error: string };

/** An execution environment of a function: a process that runs one invocation at a time. */
export interface FunctionProcess {
  invoke(event: unknown): Promise<Ending>;
  /** The operating system's; undefined if it could not be started. */
  readonly id: number | undefined;
  /** Whether it can run another invocation. */
  isAlive(): boolean;
  /** Ends the process at once and resolves when it is gone. */
  kill(): Promise<void>;
}

type Reply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answered'; readonly answer?: string }
  | { readonly kind: 'failed' | 'unloadable'; readonly error: string };

type NoReply = { readonly kind: 'timed out'; readonly timeoutMs: number } | { readonly kind: 'ended' };

/** Lambda gives a process 10 s to load, whatever the function's own timeout. */
const LOAD_TIMEOUT_MS = 10_000;

/** Windows has no process groups. */
const OWN_GROUP = process.platform !== 'win32';

/** Starts a process; what it writes goes to the log, a line at a time. */
export function startProcess(
  spec: FunctionSpec,
  { node, log }: { readonly node: string; readonly log: Log },
): FunctionProcess {
  const child = spawnFunction(spec, node);
  const signal = createSignal();
  const exit = exitOf(child, signal);
  const inputs = [child.stdout, child.stderr].filter(input => input !== null);
  const output = readOutput(inputs, { line: line => log(`[${spec.name}] ${line}`), signal });
  const loaded = nextReply(child, exit, LOAD_TIMEOUT_MS);

  async function kill(): Promise<void> {
    killGroup(child);
    await exit.gone;
  }

  async function ending(reply: Reply | NoReply): Promise<Ending> {
    if (reply.kind === 'timed out' || reply.kind === 'unloadable') await kill();
    return endingOf(reply, exit);
  }

  return {
    id: child.pid,
    kill,
    isAlive: () => exit.how() === undefined && child.connected,
    async invoke(event) {
      const start = await loaded;
      if (start.kind !== 'ready') return ending(start);
      output.begin();
      const answer = nextReply(child, exit, spec.timeoutMs);
      child.send({ event, requestId: randomUUID(), deadline: Date.now() + spec.timeoutMs }, () => {
        // A process that ended before this is reported by its exit.
      });
      const reply = await answer;
      while (reply.kind !== 'timed out' && !output.isComplete() && exit.how() === undefined)
        await signal.wait();
      return ending(reply);
    },
  };
}

function spawnFunction({ wrapper, folder, environment }: FunctionSpec, node: string): ChildProcess {
  const commandLine = [node, join(__dirname, 'bootstrap.cjs')] as const;
  const [command, ...args] = wrapper === undefined ? commandLine : [wrapper, ...commandLine];
  return spawn(command, args, {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A group of its own: Ctrl-C in the terminal is for the local cloud alone, and `kill` ends child processes too.
    detached: OWN_GROUP,
  });
}

interface Exit {
  /** Undefined while the process runs. */
  how(): string | undefined;
  /** Resolves when the process has ended and all that it wrote has been read. */
  readonly gone: Promise<void>;
}

function exitOf(child: ChildProcess, { notify }: Signal): Exit {
  let how: string | undefined;
  const gone = new Promise<void>(resolve => {
    const onEnd = (reason: string) => {
      how ??= reason;
      notify();
      resolve();
    };
    child.once('exit', () => killGroup(child));
    child.once('close', (code, signal) => onEnd(signal ? `signal ${signal}` : `exit code ${code}`));
    child.once('error', error => onEnd(error.message));
  });
  return { how: () => how, gone };
}

function nextReply(child: ChildProcess, exit: Exit, timeoutMs: number): Promise<Reply | NoReply> {
  return new Promise(resolve => {
    const timer = setTimeout(() => settle({ kind: 'timed out', timeoutMs }), timeoutMs);
    const onMessage = (reply: unknown) => settle(reply as Reply);
    const onEnd = () => settle({ kind: 'ended' });
    child.on('message', onMessage).on('close', onEnd).on('error', onEnd);
    if (exit.how() !== undefined) onEnd();
    function settle(reply: Reply | NoReply) {
      clearTimeout(timer);
      child.off('message', onMessage).off('close', onEnd).off('error', onEnd);
      resolve(reply);
    }
  });
}

function endingOf(reply: Reply | NoReply, exit: Exit): Ending {
  switch (reply.kind) {
    case 'answered':
      return { kind: 'answered', answer: reply.answer === undefined ? null : JSON.parse(reply.answer) };
    case 'failed':
      return { kind: 'failed', error: reply.error };
    case 'ended':
      return { kind: 'crashed', error: `The process ended by itself (${exit.how()}).` };
    case 'timed out':
      return { kind: 'timed out', error: `Timed out after ${reply.timeoutMs / 1000} s.` };
    case 'unloadable':
      return { kind: 'crashed', error: reply.error };
    case 'ready':
      throw new Error('Expected an answer from the function but received that it is ready again.');
  }
}

/** Lambda freezes or resets the whole environment: no child process outlives the function's own. */
function killGroup(child: ChildProcess): void {
  try {
    if (OWN_GROUP && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    else child.kill('SIGKILL');
  } catch {
    // Nobody of the group is left.
  }
}
