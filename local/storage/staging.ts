import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { FileRange } from './file-bytes';

/** A file that is not an object yet. */
export interface Staged {
  readonly file: string;
  /** In bytes. */
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
}

/** The staging area: uploads and their parts on disk until they are an object. Each start empties it. */
export interface Staging {
  /** The path of a new file. */
  newFile(): string;
  /** Writes a body to a new file; a file that is staged already is moved. */
  keep(body: Buffer): Staged;
  /**
   * Concatenates pieces of files into a new file.
   *
   * @param etag default: the MD5 of the whole
   */
  join(ranges: readonly FileRange[], etag?: string): Staged;
}

/** The buffer for copying a file. */
const COPY_BYTES = 1024 * 1024;

const standIns = new WeakMap<Buffer, Staged>();

/** An empty Buffer that stands for the file: fauxqs takes only Buffers for the body of a request. */
export function standInFor(staged: Staged): Buffer {
  const buffer = Buffer.alloc(0);
  standIns.set(buffer, staged);
  return buffer;
}

/** The file that a body stands for; undefined when the bytes are in the body itself. */
export function stagedBehind(body: Buffer): Staged | undefined {
  return standIns.get(body);
}

/** Removes the file of a body whose request has been answered; it was moved if an object has it now. */
export function discard(body: unknown): void {
  const staged = Buffer.isBuffer(body) ? stagedBehind(body) : undefined;
  if (staged) rmSync(staged.file, { force: true });
}

/** @param folder on the file system of the objects: a staged file becomes an object by a rename */
export function createStaging(folder: string): Staging {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const newFile = () => join(folder, randomUUID());
  return {
    newFile,
    keep(body) {
      const file = newFile();
      const staged = stagedBehind(body);
      placeBody(body, file);
      return staged ? { ...staged, file } : { file, size: body.length, etag: md5(body) };
    },
    join(ranges, etag) {
      const hash = createHash('md5');
      const file = newFile();
      const size = joinInto(file, ranges, bytes => {
        if (etag === undefined) hash.update(bytes);
      });
      return { file, size, etag: etag ?? hash.digest('hex') };
    },
  };
}

/** Writes or moves a body to a file; leaves no file when that fails. */
export function placeBody(body: Buffer, file: string): void {
  const staged = stagedBehind(body);
  try {
    if (staged) renameSync(staged.file, file);
    else writeFileSync(file, body);
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  }
}

/** Node has no call that appends a file to another. Synchronous because fauxqs' handlers are. */
function joinInto(file: string, ranges: readonly FileRange[], onBytes: (bytes: Buffer) => void): number {
  const buffer = Buffer.allocUnsafe(COPY_BYTES);
  let size = 0;
  const output = openSync(file, 'wx');
  try {
    for (const range of ranges) {
      for (const bytes of pieces(range, buffer)) {
        onBytes(bytes);
        size += bytes.length;
        for (let written = 0; written < bytes.length; ) written += writeSync(output, bytes, written);
      }
    }
    return size;
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  } finally {
    closeSync(output);
  }
}

function* pieces({ file, start, length }: FileRange, buffer: Buffer): Generator<Buffer> {
  const input = openSync(file, 'r');
  try {
    for (let done = 0; done < length; ) {
      const count = readSync(input, buffer, 0, Math.min(buffer.length, length - done), start + done);
      if (count === 0)
        throw new Error(`Expected ${start + length} bytes in ${file} but received ${start + done}.`);
      yield buffer.subarray(0, count);
      done += count;
    }
  } finally {
    closeSync(input);
  }
}

function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}
