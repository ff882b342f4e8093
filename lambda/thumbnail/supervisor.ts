import type { SourceEvent } from './model/events';
import type { Job, Report, Verdict } from './protocol';
import { createSemaphore } from './semaphore';
import type { Attempt, Ending, WorkerProcess } from './worker-process';

/** Has sources reconciled by a worker process, and survives whatever becomes of it (crash isolation). */
export interface Supervisor {
  /**
   * Reconciles one source. Many are in flight at once. When the worker ends, each of those is tried again alone, so that a
   * poison message costs the others nothing but time.
   *
   * @param outOfTime aborts, with an {@link OutOfTime}, when the invocation must answer: end the worker then
   * @throws OutOfTime, WorkerEnded, WorkerFault: what a later try may cure
   */
  process(source: SourceEvent, outOfTime: AbortSignal): Promise<Report>;
  /** Ends the worker with all that is in flight; the next source gets a new one. */
  endWorker(): void;
}

/** The invocation's time ran out before a source was done. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime';
  override readonly message = 'The time of the function ran out before this source was done.';
}

/** The worker ended while a source was in flight: no proof that the source is at fault. */
export class WorkerEnded extends Error {
  override readonly name = 'WorkerEnded';
  constructor(ending: Ending) {
    super(`The worker ended (${howItEnded(ending)}). ${ending.lastWords}`.trim());
  }
}

/** What the worker threw, under the name that it had there. */
export class WorkerFault extends Error {
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * @param options.startWorker is called at once, so that the worker loads while the function does
 * @param options.concurrency sources in flight at once
 */
export function createSupervisor(options: {
  readonly startWorker: () => WorkerProcess;
  readonly concurrency: number;
}): Supervisor {
  const { startWorker, concurrency } = options;
  const inFlight = createSemaphore(concurrency);
  let worker = startWorker();

  async function attempt(job: Job, outOfTime: AbortSignal): Promise<Attempt> {
    outOfTime.throwIfAborted();
    while (!worker.isAlive()) {
      const ended = worker;
      // Two workers at once could take more memory than there is.
      await ended.gone;
      outOfTime.throwIfAborted();
      if (worker === ended) worker = startWorker();
    }
    const attempt = await worker.run(job);
    if (attempt.kind === 'ended') outOfTime.throwIfAborted();
    return attempt;
  }

  /** One attempt and, if it proves that the source cannot be rendered, at once a second one that carries out the verdict. */
  function takeTurn(source: SourceEvent, { isAlone, outOfTime }: Turn): Promise<Attempt> {
    return inFlight.run(isAlone ? concurrency : 1, async () => {
      const result = await attempt({ source }, outOfTime);
      const verdict = verdictOn(result, isAlone);
      return verdict === undefined ? result : attempt({ source, verdict }, outOfTime);
    });
  }

  async function process(source: SourceEvent, outOfTime: AbortSignal): Promise<Report> {
    let result = await takeTurn(source, { isAlone: false, outOfTime });
    if (result.kind === 'ended') result = await takeTurn(source, { isAlone: true, outOfTime });
    if (result.kind === 'done') return result.report;
    if (result.kind === 'fault') throw new WorkerFault(result.name, result.message);
    throw new WorkerEnded(result.ending);
  }

  return { process, endWorker: () => worker.kill() };
}

interface Turn {
  /** With nothing else in flight. */
  readonly isAlone: boolean;
  readonly outOfTime: AbortSignal;
}

/** What an attempt proves: that rendering takes too long or, if nothing else was in flight, that it crashes. */
function verdictOn(result: Attempt, isAlone: boolean): Verdict | undefined {
  if (result.kind === 'overdue') return { etag: result.etag };
  if (result.kind !== 'ended' || !isAlone || result.etag === undefined) return undefined;
  return isCrash(result.ending) ? { etag: result.etag, crash: howItEnded(result.ending) } : undefined;
}

/** Sent by a fault in native code, and by nobody who means to end a process. */
const CRASHES: readonly (NodeJS.Signals | null)[] = ['SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGABRT'];
/** V8, glib and C++ abort too when they get no memory, which says nothing of the source. */
const OUT_OF_MEMORY = /out of memory|failed to allocate|bad_alloc|cannot allocate/i;

function isCrash({ signal, lastWords }: Ending): boolean {
  return CRASHES.includes(signal) && !OUT_OF_MEMORY.test(lastWords);
}

function howItEnded({ code, signal }: Ending): string {
  return signal ?? `exit code ${code}`;
}
