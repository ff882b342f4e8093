import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { EXECUTABLE, fileMode } from './mode';

/** What is in a layer and not a folder. */
export interface Entry {
  /** Relative to the folder that was listed, with `/` on every host. */
  readonly path: string;
  readonly bytes: number;
  readonly isLink: boolean;
}

/**
 * All files and links below a folder, sorted by path. Links are listed, not followed.
 *
 * @param below lists only what is in this folder of it, if it is there
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

/** What an entry holds (of a link: where it leads), and its permissions. */
export function readEntry(
  directory: string,
  { path, isLink }: Entry,
): { readonly content: Buffer; readonly mode: number } {
  const file = join(directory, path);
  if (isLink) return { content: Buffer.from(readlinkSync(file)), mode: EXECUTABLE };
  const content = readFileSync(file);
  return { content, mode: fileMode(path, content) };
}

/** The fields of an installed package's package.json that matter to a layer. */
export interface Package {
  readonly name: string;
  /** Relative to the folder that was listed. */
  readonly path: string;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const PACKAGE = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\/package\.json$/;

/** The packages among a folder's files, nested ones too; a package is known by where it lies. */
export function listPackages(directory: string, files: readonly Entry[]): Package[] {
  return files.flatMap(({ path }) => {
    const name = PACKAGE.exec(path)?.[1];
    if (name === undefined) return [];
    const manifest = JSON.parse(readFileSync(join(directory, path), 'utf8')) as Package;
    return [{ ...manifest, name, path: path.slice(0, -'/package.json'.length) }];
  });
}
