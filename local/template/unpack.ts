import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { unzip } from './unzip';

/**
 * Unpacks the assets that are zips, unless they are unpacked already: a zip is named by the hash of its content.
 *
 * @param assets where each asset is, by its key
 * @param folder where they are unpacked to; anything else in it is removed
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
      // Renamed when it is complete, so that an interrupted one is not used.
      await unzip(path, `${to}.unpacking`);
      renameSync(`${to}.unpacking`, to);
    }
    unpacked.set(key, to);
  }
  return unpacked;
}
