import { createReadStream, openSync } from 'node:fs';
import { Readable } from 'node:stream';

/** A piece of a file. */
export interface FileRange {
  readonly file: string;
  /** In bytes, from the start of the file. */
  readonly start: number;
  readonly length: number;
}

/**
 * A piece of a file where fauxqs expects a Buffer. fauxqs only asks a body for its length and slices, and gives it to
 * Fastify, which sends a stream piece by piece: no large object is in memory as a whole.
 */
export type FileBytes = Readable & FileRange & { subarray(start: number, end: number): FileBytes };

export function fileBytes(range: FileRange): FileBytes {
  return Object.assign(Readable.from(read(range), { objectMode: false }), range, {
    subarray: (start: number, end: number) =>
      fileBytes({
        file: range.file,
        start: range.start + start,
        length: Math.max(0, Math.min(end, range.length) - start),
      }),
  });
}

export function isFileBytes(body: Buffer | FileBytes): body is FileBytes {
  return 'file' in body;
}

/**
 * The file is opened at the first read, so that an answer without a body (304, 412) opens none. That comes before the
 * next request is handled, which may replace the object and remove the file; an open file can still be read.
 */
async function* read({ file, start, length }: FileRange): AsyncGenerator<Buffer> {
  if (length > 0) yield* createReadStream('', { fd: openSync(file, 'r'), start, end: start + length - 1 });
}
