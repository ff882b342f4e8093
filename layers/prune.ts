import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { listFiles, listPackages } from './files';

/** npm's own notes, and commands that nobody calls. */
const NPM_FILES = ['.bin', '.package-lock.json'];

/** Inside a package: what only people, compilers and debuggers read. */
const NOT_RUN = [
  /^(tests?|__tests__|docs?|examples?|benchmarks?|\.github)\//i,
  /(^|\/)(changelog|history|contributing|authors)(\.[a-z]+)?$/i,
  /\.(md|markdown)$/i,
  /\.d\.[cm]?ts$/,
  /\.map$/,
  /\.(c|cc|cpp|h|hpp|gypi?)$/,
];

const LICENCE = /(licen[cs]e|copying|notice)[^/]*$/i;
const README = /^readme/i;

/**
 * Removes what does not run from a node_modules folder. Licences stay; where a package has no file for its licence,
 * its README does, because that is where it says it (libvips lists there what it is built from).
 *
 * @param also files and folders to remove besides, relative to node_modules
 * @throws Error when one of them does not exist: the package has changed and the list must follow
 */
export function prune(nodeModules: string, also: readonly string[]): void {
  for (const path of also) {
    if (!existsSync(join(nodeModules, path))) {
      throw new Error(
        `Expected a file or folder of the installed packages for layer.prune but received ${path}.`,
      );
    }
  }
  for (const path of [...NPM_FILES, ...also])
    rmSync(join(nodeModules, path), { recursive: true, force: true });

  // One folder up, because a package is known by the node_modules that it lies in.
  const nodejs = dirname(nodeModules);
  for (const { path } of listPackages(nodejs, listFiles(nodejs))) prunePackage(join(nodejs, path));
  tidyFolder(nodejs);
}

function prunePackage(directory: string): void {
  // A nested package has its turn of its own.
  const files = listFiles(directory).filter(({ path }) => !path.startsWith('node_modules/'));
  const hasLicence = files.some(({ path }) => LICENCE.test(path));
  for (const { path } of files) {
    const isLicence = LICENCE.test(path) || (!hasLicence && README.test(path));
    if (!isLicence && NOT_RUN.some(rule => rule.test(path))) rmSync(join(directory, path));
  }
}

/** Removes the folders that are empty now. */
function tidyFolder(directory: string): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) tidyFolder(join(directory, entry.name));
  }
  if (readdirSync(directory).length === 0) rmdirSync(directory);
}
