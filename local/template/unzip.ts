import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { openPromise } from 'yauzl';

const LINK = 0o12;

/**
 * Unpacks a zip as Lambda does: files with their permissions, links as links.
 *
 * @param folder a new one
 * @throws Error on a damaged zip, and on a path that would leave the folder
 */
export async function unzip(file: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const zip = await openPromise(file);
  for await (const entry of zip.eachEntry()) {
    const path = join(folder, entry.fileName);
    if (entry.fileName.endsWith('/')) {
      mkdirSync(path, { recursive: true });
      continue;
    }
    const content = await buffer(await zip.openReadStreamPromise(entry));
    const mode = entry.externalFileAttributes >>> 16;
    mkdirSync(dirname(path), { recursive: true });
    if (mode >> 12 === LINK) symlinkSync(content.toString(), path);
    else writeFileSync(path, content, { mode: mode & 0o777 || 0o644 });
  }
}
