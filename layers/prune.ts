import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { listFiles } from './files';
import { listNpmPackages } from './npm-packages';

/** npm's lockfile of what it installed, and links to command line tools. */
const NPM_FILES = ['.bin', '.package-lock.json'];

/** Files of a package that only people, compilers and debuggers read. */
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
 * Removes the files that no program loads from a node_modules folder. Licences stay. A package without a licence file
 * keeps its README, which may name the licences (that of libvips lists what it is built from).
 *
 * @param also more files and folders to remove, relative to node_modules
 * @throws Error if one of them does not exist
 */
export function prune(nodeModules: string, also: readonly string[]): void {
  removeNamed(nodeModules, also);
  for (const path of NPM_FILES) rmSync(join(nodeModules, path), { recursive: true, force: true });

  // From one folder up: `listNpmPackages` looks for "node_modules/" in the paths.
  const nodejs = dirname(nodeModules);
  for (const { path } of listNpmPackages(nodejs, listFiles(nodejs))) prunePackage(join(nodejs, path));
  removeEmptyFolders(nodejs);
}

/**
 * Removes what layer.prune names from a folder of packages.
 *
 * @throws Error if one of them does not exist: the package has changed, and layer.prune has to follow
 */
export function removeNamed(folder: string, paths: readonly string[]): void {
  const missing = paths.find(path => !existsSync(join(folder, path)));
  if (missing !== undefined)
    throw new Error(
      `Expected a file or folder of the installed packages for layer.prune but received ${missing}.`,
    );
  for (const path of paths) rmSync(join(folder, path), { recursive: true });
}

function prunePackage(directory: string): void {
  // A nested package is pruned by itself.
  const files = listFiles(directory).filter(({ path }) => !path.startsWith('node_modules/'));
  const hasLicence = files.some(({ path }) => LICENCE.test(path));
  for (const { path } of files) {
    const isLicence = LICENCE.test(path) || (!hasLicence && README.test(path));
    if (!isLicence && NOT_RUN.some(rule => rule.test(path))) rmSync(join(directory, path));
  }
}

export function removeEmptyFolders(directory: string): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) removeEmptyFolders(join(directory, entry.name));
  }
  if (readdirSync(directory).length === 0) rmdirSync(directory);
}
