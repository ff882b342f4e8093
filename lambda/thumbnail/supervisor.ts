import type { SourceEvent } from './events';
import type { Job, Report } from './protocol';
import { createSemaphore } from './semaphore';
import type { Attempt, Ending, WorkerProcess } from './worker-process';

/** Has sources reconciled by a worker process, and survives whatever becomes of it (crash isolation). */
export interface Supervisor {
  /**
   * Reconciles one source. Many are in flight at once. When the worker ends, each of those is tried again alone, so that a
   * poison message costs the others time and nothing else.
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

/** The worker ended while a source was in flight, which by itself proves nothing of the source. */
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

  async function process(source: SourceEvent, outOfTime: AbortSignal): Promise<Report> {
    let job: Job = { source };
    let isAlone = false;
    for (;;) {
      const result = await inFlight.run(isAlone ? concurrency : 1, () => attempt(job, outOfTime));
      switch (result.kind) {
        case 'done':
          return result.report;
        case 'fault':
          throw new WorkerFault(result.name, result.message);
        case 'overdue':
          job = { source, verdict: { etag: result.etag } };
          isAlone = false;
          break;
        case 'ended': {
          const { etag, ending } = result;
          if (isAlone) {
            const isProven = etag !== undefined && etag !== job.verdict?.etag && isCrash(ending);
            if (!isProven) throw new WorkerEnded(ending);
            job = { source, verdict: { etag, crash: howItEnded(ending) } };
          }
          isAlone = !isAlone;
        }
      }
    }
  }

  return { process, endWorker: () => worker.kill() };
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
