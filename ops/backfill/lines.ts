import { appendFileSync, createReadStream, existsSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const BUFFER_BYTES = 64 * 1024;

/** Writes a file line by line; no line may have a line break in it. */
export function createLines(file: string): { add(line: string): void; end(): void } {
  writeFileSync(file, '');
  let buffer = '';
  const flush = () => {
    appendFileSync(file, buffer);
    buffer = '';
  };
  return {
    add(line) {
      buffer += `${line}\n`;
      if (buffer.length >= BUFFER_BYTES) flush();
    },
    end: flush,
  };
}

/** A file's lines, in bounded memory; none where there is no file. */
export async function* linesOf(file: string): AsyncGenerator<string> {
  if (existsSync(file)) yield* createInterface({ input: createReadStream(file), crlfDelay: Infinity });
}
