import { fork } from 'node:child_process';
import type { Job, Message, Report, Request } from './protocol';

/** How one attempt at a job went. */
export type Attempt =
  | { readonly kind: 'done'; readonly report: Report }
  | { readonly kind: 'fault'; readonly name: string; readonly message: string }
  /** Rendering this version of the source, and no other at that time, took longer than it may. The worker was ended. */
  | { readonly kind: 'overdue'; readonly etag: string; readonly ending: Ending }
  /** The worker ended while the job was in flight, for whatever cause. */
  | { readonly kind: 'ended'; readonly etag: string | undefined; readonly ending: Ending };

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last that it wrote to stderr. */
  readonly lastWords: string;
}

/** A process that reads, renders and writes, for any number of jobs at once. */
export interface WorkerProcess {
  run(job: Job): Promise<Attempt>;
  /** Ends it at once, native threads included; the jobs in flight end as `ended`. */
  kill(): void;
  /** Whether it takes jobs. */
  isAlive(): boolean;
  /** Resolves when it is gone, and its memory with it. */
  readonly gone: Promise<void>;
}

interface InFlight {
  readonly settle: (attempt: Attempt) => void;
  etag: string | undefined;
  clock: NodeJS.Timeout | undefined;
  overdue: boolean;
}

/** Enough for the message of a fatal error. */
const LAST_WORDS = 4_000;

/**
 * Starts a worker.
 *
 * @param script the file that it runs
 * @param options.renderMs how long one rendering may take, in ms; then the worker is ended, because native code (librsvg, say)
 *   cannot be stopped in any other way
 * @param options.stderr is given what the worker writes there
 */
export function startWorkerProcess(
  script: string,
  options: { readonly renderMs: number; readonly stderr: (text: string) => void },
): WorkerProcess {
  const child = fork(script, {
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  const inFlight = new Map<number, InFlight>();
  let lastId = 0;
  let alive = true;
  let lastWords = '';
  const { promise: gone, resolve: isGone } = Promise.withResolvers<void>();

  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    options.stderr(chunk);
    lastWords = `${lastWords}${chunk}`.slice(-LAST_WORDS);
  });
  child.on('message', message => receive(message as Message));
  // `close` comes when all that the process wrote has been read.
  child.once('close', (code, signal) => end({ code, signal, lastWords }));
  child.once('error', error => end({ code: null, signal: null, lastWords: error.message }));

  function receive(message: Message): void {
    const job = inFlight.get(message.id);
    if (job === undefined) return;
    switch (message.kind) {
      case 'read':
        job.etag = message.etag;
        break;
      case 'rendering':
        job.clock = setTimeout(() => {
          // With several renderings under way, any of them may be the slow one: none is blamed.
          job.overdue = [...inFlight.values()].filter(({ clock }) => clock !== undefined).length === 1;
          kill();
        }, options.renderMs);
        break;
      case 'rendered':
        clearTimeout(job.clock);
        job.clock = undefined;
        break;
      default:
        settle(message.id, message);
    }
  }

  function settle(id: number, attempt: Attempt): void {
    const job = inFlight.get(id);
    clearTimeout(job?.clock);
    inFlight.delete(id);
    job?.settle(attempt);
  }

  function end(ending: Ending): void {
    alive = false;
    isGone();
    for (const [id, { etag, overdue }] of inFlight) {
      settle(
        id,
        overdue && etag !== undefined ? { kind: 'overdue', etag, ending } : { kind: 'ended', etag, ending },
      );
    }
  }

  function kill(): void {
    alive = false;
    child.kill('SIGKILL');
  }

  return {
    run: job =>
      new Promise(settle => {
        const id = ++lastId;
        inFlight.set(id, { settle, etag: undefined, clock: undefined, overdue: false });
        // Fails where the process is gone or going, which settles the job.
        child.send({ id, ...job } satisfies Request, () => undefined);
      }),
    kill,
    isAlive: () => alive,
    gone,
  };
}
