import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createSignal, type Log } from '../signal';
import type { FunctionSpec } from './function';

/** How an invocation ended. Only an answer comes from a process that can be used again. */
export type Ending =
  | { readonly kind: 'answered'; readonly answer: unknown }
  | { readonly kind: 'failed' | 'timed out' | 'crashed'; readonly error: string };

/** One execution environment of a function: a process that takes one invocation at a time. */
export interface FunctionProcess {
  invoke(event: unknown): Promise<Ending>;
  /** The operating system's; undefined if it could not be started. */
  readonly id: number | undefined;
  /** Whether it can take another invocation. */
  isAlive(): boolean;
  /** Ends the process at once and resolves when it is gone. */
  kill(): Promise<void>;
}

type Reply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answered'; readonly answer?: string }
  | { readonly kind: 'failed' | 'unloadable'; readonly error: string };

/** Lambda gives a process 10 s to load, whatever the function's own timeout. */
const LOAD_TIMEOUT_MS = 10_000;

/** What the bootstrap writes to each output before it answers. */
const END_OF_OUTPUT = '\0end';

/** Windows has no process groups. */
const OWN_GROUP = process.platform !== 'win32';

/** Starts a process; what it writes goes to the log, a line at a time. */
export function startProcess(
  spec: FunctionSpec,
  options: { readonly node: string; readonly log: Log },
): FunctionProcess {
  const commandLine = [options.node, join(__dirname, 'bootstrap.cjs')] as const;
  const [command, ...args] = spec.wrapper === undefined ? commandLine : [spec.wrapper, ...commandLine];
  const child = spawn(command, args, {
    cwd: spec.folder,
    env: spec.environment,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A group of its own: Ctrl-C in the terminal is for the local cloud alone, and `kill` ends what it forked as well.
    detached: OWN_GROUP,
  });
  const signal = createSignal();
  let openOutputs = 0;
  for (const input of [child.stdout, child.stderr].filter(output => output !== null)) {
    createInterface({ input }).on('line', line => {
      const ends = line.endsWith(END_OF_OUTPUT);
      const text = ends ? line.slice(0, -END_OF_OUTPUT.length) : line;
      if (text || !ends) options.log(`[${spec.name}] ${text}`);
      if (!ends) return;
      openOutputs--;
      signal.notify();
    });
  }

  let howItEnded: string | undefined;
  const exited = new Promise<void>(resolve => {
    const onEnd = (how: string) => {
      howItEnded ??= how;
      signal.notify();
      resolve();
    };
    child.once('exit', killGroup);
    // `close` comes when all that the process wrote has been read.
    child.once('close', (code, signal) => onEnd(signal ? `signal ${signal}` : `exit code ${code}`));
    child.once('error', error => onEnd(error.message));
  });

  const loaded = nextReply(LOAD_TIMEOUT_MS);

  async function invoke(event: unknown): Promise<Ending> {
    const start = await loaded;
    if (start.kind !== 'ready') return end(start);
    openOutputs = 2;
    const reply = nextReply(spec.timeoutMs);
    child.send({ event, requestId: randomUUID(), deadline: Date.now() + spec.timeoutMs }, () => {
      // A process that died before it could be sent anything is told of by its end.
    });
    const { kind } = await reply;
    while (kind !== 'timed out' && openOutputs > 0 && howItEnded === undefined) await signal.wait();
    return end(await reply);
  }

  function nextReply(timeoutMs: number): Promise<Reply | NoReply> {
    return new Promise(resolve => {
      const timer = setTimeout(() => settle({ kind: 'timed out', timeoutMs }), timeoutMs);
      const onMessage = (reply: unknown) => settle(reply as Reply);
      const onEnd = () => settle({ kind: 'ended' });
      child.on('message', onMessage).on('close', onEnd).on('error', onEnd);
      if (howItEnded !== undefined) onEnd();
      function settle(reply: Reply | NoReply) {
        clearTimeout(timer);
        child.off('message', onMessage).off('close', onEnd).off('error', onEnd);
        resolve(reply);
      }
    });
  }

  async function end(reply: Reply | NoReply): Promise<Ending> {
    switch (reply.kind) {
      case 'answered':
        return { kind: 'answered', answer: reply.answer === undefined ? null : JSON.parse(reply.answer) };
      case 'failed':
        return { kind: 'failed', error: reply.error };
      case 'ended':
        return { kind: 'crashed', error: `The process ended by itself (${howItEnded}).` };
      case 'timed out':
        await kill();
        return { kind: 'timed out', error: `Timed out after ${reply.timeoutMs / 1000} s.` };
      case 'unloadable':
        await kill();
        return { kind: 'crashed', error: reply.error };
      case 'ready':
        throw new Error('Expected an answer from the function but received that it is ready again.');
    }
  }

  /** Lambda freezes or resets the whole environment: nothing that a function forked outlives its process. */
  function killGroup(): void {
    try {
      if (OWN_GROUP && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      else child.kill('SIGKILL');
    } catch {
      // Nobody of the group is left.
    }
  }

  async function kill(): Promise<void> {
    killGroup();
    await exited;
  }

  return { id: child.pid, invoke, kill, isAlive: () => howItEnded === undefined && child.connected };
}

type NoReply = { readonly kind: 'timed out'; readonly timeoutMs: number } | { readonly kind: 'ended' };
