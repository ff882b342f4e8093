import { createHash, type Hash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { version as bundler } from 'esbuild/package.json';
import { listFiles, readEntry } from './files';
import type { Layer } from './paths';

/** What a built layer was made from and what it holds. */
export interface Stamp {
  /** Hash of all that decides what is built: see {@link hashInputs}. */
  readonly inputs: string;
  /** Hash of the paths and sizes of the layer's files: ties the stamp to the folder beside it. */
  readonly outline: string;
  /** Hash of all that the layer holds, the same on every host: a new version of the layer is one with another hash. */
  readonly content: string;
  readonly packages: number;
  /** Unzipped size. */
  readonly bytes: number;
  readonly zippedBytes: number;
}

/** The layer's own files, this build's code and what bundles; a change to any of them makes the layer out of date. */
export function hashInputs(source: string): string {
  const npmFiles = ['package.json', 'package-lock.json'].map(name => join(source, name));
  const rules = readdirSync(__dirname).filter(name => name.endsWith('.ts'));
  const files = [...npmFiles.filter(existsSync), ...rules.sort().map(name => join(__dirname, name))];
  const hash = createHash('sha256').update(bundler);
  for (const file of files) hash.update(readFileSync(file)).update('\0');
  addEntries(hash, source, 'opt');
  return hash.digest('hex');
}

/** Cheap enough for each synth: it reads no file, and a folder that lost or gained one shows. */
export function hashOutline(directory: string): string {
  return createHash('sha256')
    .update(JSON.stringify(listFiles(directory)))
    .digest('hex');
}

/** Of paths, permissions and bytes; not of the zip, which another version of the zip library would write otherwise. */
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

/** The stamp of a layer that is built and up to date; undefined for any other. */
export function builtStamp(layer: Layer): Stamp | undefined {
  try {
    const stamp = JSON.parse(readFileSync(layer.stamp, 'utf8')) as Stamp;
    const isCurrent =
      stamp.inputs === hashInputs(layer.source) &&
      stamp.outline === hashOutline(layer.directory) &&
      stamp.zippedBytes === statSync(layer.zip).size;
    return isCurrent ? stamp : undefined;
  } catch {
    // Never built, cut short, or being replaced by another build at this moment: to be built in any case.
    return undefined;
  }
}
