import { explain } from './explain';
import { UsageError } from './usage-error';
import { visible } from './visible';

/** The exit code that shells report for a program ended by Ctrl-C. */
const INTERRUPTED = 130;

/** Runs a command. An error is printed as a sentence without a stack trace; a UsageError exits with 2, others with 1. */
export function run(main: () => Promise<unknown>): void {
  main().catch((error: unknown) => {
    const sentence = process.exitCode === INTERRUPTED ? 'Interrupted.' : explain(error);
    console.error(sentence.split('\n').map(visible).join('\n'));
    process.exitCode ||= error instanceof UsageError ? 2 : 1;
  });
}

/** Aborts at the first Ctrl-C, so that a command can clean up; a second one ends the process. */
export function untilInterrupted(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      process.exitCode = INTERRUPTED;
      controller.abort(new Error('Interrupted.'));
    });
  }
  return controller.signal;
}
