import { readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { UsageError } from '../options';

/** A file on this machine and the key that it gets in the bucket. */
export interface DroppedFile {
  readonly path: string;
  readonly key: string;
}

/**
 * The files to drop: a file goes by its name, a folder `photos/` by `photos/<path below it>`. Hidden files stay here.
 *
 * @throws UsageError when a path is not there or two files would have one key
 */
export function filesOf(paths: readonly string[]): DroppedFile[] {
  const files = paths.flatMap(path => {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!stats)
      throw new UsageError(`Expected a file or folder to drop but received ${path}, which is not there.`);
    const name = basename(resolve(path));
    return stats.isDirectory() ? filesBelow(path, name) : [{ path, key: name }];
  });
  const byKey = new Map<string, string>();
  for (const { path, key } of files) {
    const other = byKey.get(key);
    if (other !== undefined) {
      throw new UsageError(`Expected files of different names to drop but received ${other} and ${path}.`);
    }
    byKey.set(key, path);
  }
  return files;
}

function filesBelow(folder: string, key: string): DroppedFile[] {
  return readdirSync(folder)
    .filter(name => !name.startsWith('.'))
    .flatMap(name => {
      const path = join(folder, name);
      const file = { path, key: `${key}/${name}` };
      return statSync(path).isDirectory() ? filesBelow(path, file.key) : [file];
    });
}
