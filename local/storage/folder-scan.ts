import { accessSync, constants, type Dirent, readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';

/** A file of a folder that stands for a bucket. */
export interface FoundFile {
  /** Its path below the folder, with `/`. */
  readonly key: string;
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** When its content was changed, in ms. */
  readonly modified: number;
  /** When it came to where it is, in ms; a file that is moved here keeps `modified`. */
  readonly arrived: number;
}

/** Something in the folder that is no object. */
export interface LeftOut {
  readonly path: string;
  /** `is a socket`, … */
  readonly why: string;
}

export interface Scan {
  readonly files: readonly FoundFile[];
  readonly leftOut: readonly LeftOut[];
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const MAX_KEY_BYTES = 1024;

/**
 * The files below a folder, which is only read. Hidden files and folders, among them those of file managers, are no part of it.
 * Links to files are followed, those to folders are not: they may lead in circles.
 *
 * @throws the system's error if the folder itself cannot be read
 */
export function scanFolder(folder: string): Scan {
  const files: FoundFile[] = [];
  const leftOut: LeftOut[] = [];
  for (const entry of entriesOf(folder)) visit(entry, '');
  return { files, leftOut };

  function visit(entry: Dirent, prefix: string): void {
    const key = prefix + entry.name;
    const path = join(folder, ...key.split('/'));
    try {
      if (entry.isDirectory()) {
        for (const one of entriesOf(path)) visit(one, `${key}/`);
        return;
      }
      const stats = statSync(path);
      const why = whyNoObject(key, path, stats);
      if (why) leftOut.push({ path, why });
      else files.push({ key, path, ...factsOf(stats) });
    } catch (error) {
      // ENOENT, where it is there: Node cannot name a file whose name is no UTF-8.
      leftOut.push({ path, why: `cannot be read (${(error as NodeJS.ErrnoException).code})` });
    }
  }
}

export function factsOf({ size, mtimeMs, ctimeMs }: Stats): Omit<FoundFile, 'key' | 'path'> {
  return { size, modified: Math.floor(mtimeMs), arrived: Math.floor(Math.max(mtimeMs, ctimeMs)) };
}

function whyNoObject(key: string, path: string, stats: Stats): string | undefined {
  if (stats.isDirectory()) return 'is a link to a folder';
  if (!stats.isFile()) return 'is no regular file';
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) return `has a path of more than ${MAX_KEY_BYTES} bytes`;
  accessSync(path, constants.R_OK);
  return undefined;
}

function entriesOf(folder: string): Dirent[] {
  return readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !name.startsWith('.'));
}
