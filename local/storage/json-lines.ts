import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import type { Log } from '../signal';

/** A file that grows by a line of JSON for each entry. */
export interface JsonLines<T> {
  /** @throws the system's error if the entry cannot be written; the file is as before then */
  write(entry: T): void;
  /** As {@link write}, but an entry that cannot be written waits for the next one that can. */
  note(entry: T): void;
  close(): void;
}

export function openJsonLines<T>(file: string): JsonLines<T> {
  const descriptor = openSync(file, 'a');
  let waiting = '';

  function write(entry: T): void {
    const { size } = fstatSync(descriptor);
    try {
      appendFileSync(descriptor, waiting + lineOf(entry));
      waiting = '';
    } catch (error) {
      // A full disk may have taken half of it, which would damage the next line.
      ftruncateSync(descriptor, size);
      throw error;
    }
  }

  return {
    write,
    note(entry) {
      try {
        write(entry);
      } catch {
        waiting += lineOf(entry);
      }
    },
    close: () => closeSync(descriptor),
  };
}

/**
 * Reads the entries of a file; none if there is no such file. Lines that hold no entry are appended to
 * `<file>.damaged`. What follows the last line break is left out: a crash cut it short, and nobody was told that it
 * was written.
 *
 * @param options.isEntry whether a parsed line is an entry
 * @param options.log is told which lines are damaged
 */
export function readJsonLines<T>(
  file: string,
  { isEntry, log }: { readonly isEntry: (value: unknown) => value is T; readonly log: Log },
): T[] {
  const entries: T[] = [];
  const damaged: { readonly number: number; readonly text: string }[] = [];
  let number = 0;
  for (const text of existsSync(file) ? wholeLines(readFileSync(file)) : []) {
    number++;
    const value = parsed(text);
    if (isEntry(value)) entries.push(value);
    else damaged.push({ number, text });
  }
  if (damaged.length > 0) {
    appendFileSync(`${file}.damaged`, damaged.map(({ text }) => `${text}\n`).join(''));
    const numbers = damaged.map(one => one.number).join(', ');
    log(
      `Expected JSON in line ${numbers} of ${file} but it is damaged. The lines are in ${file}.damaged now.`,
    );
  }
  return entries;
}

/** Writes a file anew, in one step. */
export function replaceJsonLines<T>(file: string, entries: readonly T[]): void {
  const unfinished = `${file}.tmp`;
  try {
    writeFileSync(unfinished, entries.map(lineOf).join(''));
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

/** Line by line, because a file may be longer than a string can be (512 MiB). */
function* wholeLines(bytes: Buffer): Generator<string> {
  for (let start = 0, end = bytes.indexOf('\n'); end >= 0; end = bytes.indexOf('\n', start)) {
    yield bytes.toString('utf8', start, end);
    start = end + 1;
  }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function lineOf(entry: unknown): string {
  return `${JSON.stringify(entry)}\n`;
}
