import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Signal } from '../signal';

/** What the bootstrap writes to each output before it answers. */
const END_OF_OUTPUT = '\0end';

/** What a process writes, a line at a time. */
export interface Output {
  /** Expects the output of an invocation from now on. */
  begin(): void;
  /** Whether all that the invocation wrote has been read. */
  isComplete(): boolean;
}

/**
 * Reads the outputs of a function's process.
 *
 * @param signal notified when an output is complete
 */
export function readOutput(
  inputs: readonly Readable[],
  { line: onLine, signal }: { readonly line: (line: string) => void; readonly signal: Signal },
): Output {
  let open = 0;
  for (const input of inputs) {
    createInterface({ input }).on('line', line => {
      const ends = line.endsWith(END_OF_OUTPUT);
      const text = ends ? line.slice(0, -END_OF_OUTPUT.length) : line;
      if (text || !ends) onLine(text);
      if (!ends) return;
      open--;
      signal.notify();
    });
  }
  return {
    begin() {
      open = inputs.length;
    },
    isComplete: () => open === 0,
  };
}
