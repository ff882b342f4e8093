import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listFiles } from './files';
import type { Layer } from './paths';

/** What a built layer was made from and what it holds. */
export interface Stamp {
  /** Hash of all that decides what is built: see {@link hashInputs}. */
  readonly inputs: string;
  /** Hash of the paths and sizes of the layer's files: ties the stamp to the folder beside it. */
  readonly contents: string;
  readonly packages: number;
  /** Unzipped size. */
  readonly bytes: number;
}

/** The layer's own two files and this build's code; a change to any of them makes the layer out of date. */
export function hashInputs(source: string): string {
  const rules = readdirSync(__dirname).filter(name => name.endsWith('.ts'));
  const files = [
    ...['package.json', 'package-lock.json'].map(name => join(source, name)),
    ...rules.sort().map(name => join(__dirname, name)),
  ];
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

/** Cheap enough for each synth: it reads no file, and a folder that lost or gained one shows. */
export function hashContents(directory: string): string {
  return createHash('sha256')
    .update(JSON.stringify(listFiles(directory)))
    .digest('hex');
}

/** The stamp of a layer that is built and up to date; undefined for any other. */
export function builtStamp(layer: Layer): Stamp | undefined {
  try {
    const stamp = JSON.parse(readFileSync(layer.stamp, 'utf8')) as Stamp;
    const isCurrent =
      stamp.inputs === hashInputs(layer.source) && stamp.contents === hashContents(layer.directory);
    return isCurrent ? stamp : undefined;
  } catch {
    // Never built, cut short, or being replaced by another build at this moment: to be built in any case.
    return undefined;
  }
}
