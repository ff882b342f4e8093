/** Permissions of a file in a layer. */
export const READABLE = 0o644;
export const EXECUTABLE = 0o755;

/**
 * The permissions that a file is to have in a layer. By what it is, not by what this host's disk says: a strict umask
 * would keep Lambda from reading it, and Windows knows no executable files.
 *
 * @param head the file's first bytes, four at least
 */
export function fileMode(path: string, head: Buffer): typeof READABLE | typeof EXECUTABLE {
  if (head.toString('latin1', 0, 2) === '#!') return EXECUTABLE;
  const isLibrary = /\.(node|so(\.\d+)*)$/.test(path);
  return head.toString('latin1', 0, 4) === '\x7fELF' && !isLibrary ? EXECUTABLE : READABLE;
}
