import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

const READABLE = 0o644;
const EXECUTABLE = 0o755;

/** A file or link in a layer. */
export interface Entry {
  /** Relative to the listed folder, with `/` on every host. */
  readonly path: string;
  readonly bytes: number;
  readonly isLink: boolean;
}

/**
 * All files and links below a folder, sorted by path. Links are not followed.
 *
 * @param below a folder in it, to list only that; it need not exist
 */
export function listFiles(directory: string, below = ''): Entry[] {
  const start = join(directory, below);
  if (below && !existsSync(start)) return [];
  return readdirSync(start, { recursive: true, withFileTypes: true })
    .filter(entry => !entry.isDirectory())
    .map(entry => {
      const file = join(entry.parentPath, entry.name);
      const path = relative(directory, file).split(sep).join('/');
      return { path, bytes: lstatSync(file).size, isLink: entry.isSymbolicLink() };
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The bytes of a file or the target of a link, and its permissions in a layer. */
export function readEntry(
  directory: string,
  { path, isLink }: Entry,
): { readonly content: Buffer; readonly mode: number } {
  const file = join(directory, path);
  if (isLink) return { content: Buffer.from(readlinkSync(file)), mode: EXECUTABLE };
  const content = readFileSync(file);
  return { content, mode: fileMode(path, content) };
}

/**
 * By what the file is, not by what this host's disk says: with a strict umask Lambda could not read it, and Windows has
 * no executable files.
 */
function fileMode(path: string, content: Buffer): number {
  if (content.toString('latin1', 0, 2) === '#!') return EXECUTABLE;
  const isLibrary = /\.(node|so(\.\d+)*)$/.test(path);
  return content.toString('latin1', 0, 4) === '\x7fELF' && !isLibrary ? EXECUTABLE : READABLE;
}
