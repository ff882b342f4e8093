import { createHash, type Hash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { version as esbuild } from 'esbuild/package.json';
import { version as fflate } from 'fflate/package.json';
import { listFiles, readEntry } from './files';
import { PACKAGE_FILES } from './manifest';

/**
 * Names a build by all that decides what is in it: the layer's own files, the code in this folder, and the tools that
 * bundle and zip. 16 hexadecimal digits.
 *
 * @param source the layer's folder
 */
export function hashInputs(source: string): string {
  const packageFiles = PACKAGE_FILES.map(name => join(source, name));
  const code = readdirSync(__dirname).filter(name => name.endsWith('.ts'));
  const files = [...packageFiles.filter(existsSync), ...code.sort().map(name => join(__dirname, name))];
  const hash = createHash('sha256').update(JSON.stringify({ esbuild, fflate }));
  for (const file of files) hash.update(readFileSync(file)).update('\0');
  addEntries(hash, source, 'opt');
  return hash.digest('hex').slice(0, 16);
}

/** Hash of paths, permissions and bytes, not of the zip: another version of fflate would compress otherwise. */
export function hashContent(directory: string): string {
  const hash = createHash('sha256');
  addEntries(hash, directory);
  return hash.digest('hex');
}

function addEntries(hash: Hash, directory: string, below?: string): void {
  for (const entry of listFiles(directory, below)) {
    const { content, mode } = readEntry(directory, entry);
    const { path, isLink } = entry;
    hash.update(JSON.stringify({ path, isLink, mode, bytes: content.byteLength })).update(content);
  }
}
