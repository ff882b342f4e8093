import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { unzip } from './unzip';

/**
 * Unpacks the assets that are zips, each once: its name tells its content.
 *
 * @param assets where each asset is, by its key
 * @param folder where they are unpacked to; what is there and is none of them is removed
 * @returns the same, with folders in place of zips
 */
export async function unpackZips(
  assets: ReadonlyMap<string, string>,
  folder: string,
): Promise<ReadonlyMap<string, string>> {
  mkdirSync(folder, { recursive: true });
  const zips = [...assets].filter(([, path]) => path.endsWith('.zip'));
  const names = zips.map(([, path]) => basename(path, '.zip'));
  for (const name of readdirSync(folder).filter(one => !names.includes(one))) {
    rmSync(join(folder, name), { recursive: true, force: true });
  }
  const unpacked = new Map(assets);
  for (const [key, path] of zips) {
    const to = join(folder, basename(path, '.zip'));
    if (!existsSync(to)) {
      // Moved when it is whole: an interrupted one is not taken for it.
      await unzip(path, `${to}.unpacking`);
      renameSync(`${to}.unpacking`, to);
    }
    unpacked.set(key, to);
  }
  return unpacked;
}
