import { explain } from './explain';
import { UsageError } from './usage-error';
import { visible } from './visible';

/** What shells report of a program that Ctrl-C ended. */
const INTERRUPTED = 130;

/** Runs a command; what goes wrong is told in a sentence, without a stack trace. */
export function run(main: () => Promise<unknown>): void {
  main().catch((error: unknown) => {
    const sentence = process.exitCode === INTERRUPTED ? 'Interrupted.' : explain(error);
    console.error(sentence.split('\n').map(visible).join('\n'));
    process.exitCode ||= error instanceof UsageError ? 2 : 1;
  });
}

/** Aborts at the first Ctrl-C, so that a command can put things in order; a second one ends it at once. */
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
