import { accessSync, constants, type Dirent, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { UsageError } from '../usage-error';

/** A file on this machine and the key that it gets in the bucket. */
export interface DroppedFile {
  readonly path: string;
  readonly key: string;
}

/** Something below a dropped folder that is not dropped. */
export interface LeftOut {
  readonly path: string;
  readonly why: string;
  /** Whether that is a failure: it may be an image, but cannot be read. */
  readonly fault: boolean;
}

export interface Found {
  readonly files: readonly DroppedFile[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * The regular files to drop, each once: a file goes by its name, a folder `photos/` by `photos/<path below it>`. Hidden
 * files stay here. A link is followed unless what it leads to is dropped already.
 *
 * @throws UsageError when a path is not there or two files would have one key
 */
export function filesOf(paths: readonly string[]): Found {
  const files: DroppedFile[] = [];
  const leftOut: LeftOut[] = [];
  const links: DroppedFile[] = [];
  /** Real paths of the files and folders visited so far. */
  const seen = new Set<string>();
  const leave = (path: string, why: string, fault = false) => leftOut.push({ path, why, fault });

  for (const path of paths) {
    if (!statSync(path, { throwIfNoEntry: false }))
      throw new UsageError(`Expected a file or folder to drop but received ${path}, which is not there.`);
    visit({ path, key: basename(resolve(path)) });
  }
  // Links come last, so that a file gets the key of its own name, not of a link to it.
  for (let link = links.shift(); link; link = links.shift()) visit(link);
  refuseTwins(files);
  return { files, leftOut };

  function visit({ path, key }: DroppedFile): void {
    try {
      const stats = statSync(path);
      if (!stats.isFile() && !stats.isDirectory()) return void leave(path, `is ${kindOf(stats)}`);
      const real = realpathSync(path);
      if (seen.has(real)) return void leave(path, 'leads to what is dropped already');
      seen.add(real);
      accessSync(path, constants.R_OK);
      if (stats.isFile()) files.push({ path, key });
      else for (const entry of entriesOf(path)) visitEntry(entry, { path, key });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ELOOP') leave(path, 'leads nowhere');
      else leave(path, `cannot be read (${code})`, true);
    }
  }

  function visitEntry(entry: Dirent, folder: DroppedFile): void {
    const child = { path: join(folder.path, entry.name), key: `${folder.key}/${entry.name}` };
    if (entry.isSymbolicLink()) links.push(child);
    else visit(child);
  }
}

function entriesOf(folder: string): Dirent[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.'))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function kindOf(stats: Stats): string {
  if (stats.isFIFO()) return 'a named pipe';
  if (stats.isSocket()) return 'a socket';
  return 'a device';
}

function refuseTwins(files: readonly DroppedFile[]): void {
  const byKey = new Map<string, string>();
  for (const { path, key } of files) {
    const other = byKey.get(key);
    if (other !== undefined)
      throw new UsageError(`Expected files of different names to drop but received ${other} and ${path}.`);
    byKey.set(key, path);
  }
}
