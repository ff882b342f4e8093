import { createHash } from 'node:crypto';
import { existsSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, relative, resolve, sep } from 'node:path';
import { scanFolder } from '../local/storage/folder-scan';
import { readAssembly } from '../local/template/assembly';
import { UsageError } from './usage-error';

/** S3 takes 63 characters; the hash needs nine. */
const MAX_WORDS = 50;

/** The bucket that a synthesized app uses and does not make; undefined where it makes its own. */
export function existingBucketIn(assembly: string): string | undefined {
  const name = readAssembly(assembly).template.Outputs?.BucketName?.Value;
  return typeof name === 'string' ? name : undefined;
}

/** The name of the bucket that a folder stands for: folders of one name (`2024/fotos`, `2025/fotos`) do not share it. */
export function bucketNameOf(folder: string): string {
  const path = realpathSync(folder);
  const words = basename(path)
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_WORDS)
    .replaceAll(/^-|-$/g, '');
  const hash = createHash('sha256').update(path).digest('hex').slice(0, 8);
  return `${words || 'bucket'}-${hash}`;
}

/**
 * Checks what `--bucket` names.
 *
 * @param data the data folder
 * @throws UsageError in a sentence
 */
export function checkFolder(folder: string, data: string): void {
  const refuse = (why: string) =>
    new UsageError(`Expected a folder of images for --bucket but received ${folder}, ${why}.`);
  const stats = statsOf(folder);
  if (typeof stats === 'string') throw refuse(`which cannot be read (${stats})`);
  if (!stats?.isDirectory()) throw refuse(stats ? 'which is a file' : 'which is not there');
  const [path, dataPath] = [realpathSync(folder), realPathOf(data)];
  if (isWithin(path, dataPath)) throw refuse(`which lies in the data folder ${data}`);
  // Hidden folders are no part of the bucket.
  if (isWithin(dataPath, path) && !relative(path, dataPath).split(sep).some(isHidden)) {
    throw refuse(`in which the data folder ${data} lies; another one: --data DIR`);
  }
  if (filesIn(folder, refuse) === 0) throw refuse('which has no files (hidden ones are left out)');
}

function filesIn(folder: string, refuse: (why: string) => UsageError): number {
  try {
    return scanFolder(folder).files.length;
  } catch (cause) {
    throw refuse(`which cannot be read (${codeOf(cause)})`);
  }
}

/** The error's code where the system does not tell. */
function statsOf(path: string): Stats | undefined | string {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    return codeOf(error);
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}

/** Links resolved, as far as the path is there. */
function realPathOf(path: string): string {
  const full = resolve(path);
  if (existsSync(full) || dirname(full) === full) return realpathSync(full);
  return resolve(realPathOf(dirname(full)), basename(full));
}

function isWithin(path: string, folder: string): boolean {
  const [first] = relative(folder, path).split(sep);
  return first !== '..' && resolve(folder, relative(folder, path)) === path;
}

function isHidden(name: string): boolean {
  return name.startsWith('.');
}
