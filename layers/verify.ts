import { readlinkSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { Architecture } from './architecture';
import { binaryProblem } from './binary';
import { type Entry, listFiles } from './files';
import { KINDS } from './kinds';
import type { Manifest } from './manifest';
import { glibcMinor } from './runtime';

const MIB = 1024 * 1024;

/**
 * Everything that would make a layer fail, or do harm, on Lambda. It only reads files, so it works on a host that
 * cannot run the layer.
 *
 * @param directory the layer's folder, as Lambda unpacks it to /opt
 * @returns one sentence for each problem, with what and where; empty for a sound layer
 */
export function verify(directory: string, architecture: Architecture, manifest: Manifest): string[] {
  const files = listFiles(directory);
  const target = { architecture, glibc: glibcMinor(manifest.runtimes) };
  return [
    ...linkProblems(directory, files),
    ...nativeProblems(directory, files, target),
    ...KINDS[manifest.kind].problems(directory, files, architecture, manifest),
    ...sizeProblems(files, manifest.maxMiB),
  ];
}

function linkProblems(directory: string, files: readonly Entry[]): string[] {
  return files
    .filter(({ isLink }) => isLink)
    .map(({ path }) => ({ path, target: readlinkSync(join(directory, path)) }))
    .filter(({ path, target }) => {
      const inLayer = relative(directory, resolve(directory, dirname(path), target));
      return isAbsolute(target) || inLayer.startsWith('..');
    })
    .map(({ path, target }) => `${path} is a link that leads out of the layer, to ${target}.`);
}

function nativeProblems(
  directory: string,
  files: readonly Entry[],
  target: { readonly architecture: Architecture; readonly glibc: number },
): string[] {
  return files.flatMap(({ path, isLink }) => {
    const problem = isLink ? undefined : binaryProblem(join(directory, path), target);
    return problem === undefined ? [] : [`${path} ${problem}; the layer is for ${target.architecture}.`];
  });
}

function sizeProblems(files: readonly Entry[], maxMiB: number): string[] {
  const mib = files.reduce((sum, { bytes }) => sum + bytes, 0) / MIB;
  if (mib <= maxMiB) return [];
  return [`The layer has ${mib.toFixed(1)} MiB unzipped, more than its ${maxMiB} MiB (layer.maxMiB).`];
}
