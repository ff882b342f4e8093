import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { listFiles } from './files';
import { removeEmptyFolders, removeNamed } from './prune';

/** Files that only people, compilers and type checkers read, and launchers for Windows. */
const NOT_RUN = [/(^|\/)(tests|__pycache__)\//, /\.(pyc|pyi|pyx|pxd|c|cc|cpp|h|hpp|exe)$/];

/**
 * What importlib.metadata reads of a package, and licences. The rest is of use to pip alone, and RECORD has hashes of
 * scripts that name this host's Python.
 */
const METADATA =
  /^[^/]+\.dist-info\/(METADATA|entry_points\.txt|top_level\.txt|licen[cs]es\/.*|[^/]*(licen[cs]e|copying|notice)[^/]*)$/i;

/**
 * Removes the files that no program loads from a folder of Python's packages. Licences stay.
 *
 * @param also more files and folders to remove, relative to that folder
 * @throws Error if one of them does not exist
 */
export function prunePython(packages: string, also: readonly string[]): void {
  removeNamed(packages, also);
  for (const { path } of listFiles(packages)) {
    const ofPip = path.includes('.dist-info/') && !METADATA.test(path);
    if (ofPip || NOT_RUN.some(rule => rule.test(path)) || isScript(packages, path))
      rmSync(join(packages, path));
  }
  removeEmptyFolders(packages);
}

/** Commands of packages begin with the path of this host's Python, and Lambda does not have their folder in PATH. */
function isScript(packages: string, path: string): boolean {
  return path.startsWith('bin/') && readFileSync(join(packages, path)).toString('latin1', 0, 2) === '#!';
}
