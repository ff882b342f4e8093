import { readlinkSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { type Architecture, NPM_CPU } from './architecture';
import { binaryProblem } from './binary';
import { type Entry, listFiles, listPackages, type Package } from './files';
import type { Manifest } from './manifest';

const MIB = 1024 * 1024;

/** Where Lambda looks for packages, below /opt. */
const NODE_MODULES = 'nodejs/node_modules';

/**
 * Everything that would make a layer fail, or do harm, on Lambda. It only reads files, so it works on a host that
 * cannot run the layer.
 *
 * @param directory the layer's folder, as Lambda unpacks it to /opt
 * @returns one sentence for each problem, with what and where; empty for a sound layer
 */
export function verify(
  directory: string,
  { architecture, packages, maxMiB }: Pick<Manifest, 'packages' | 'maxMiB'> & { architecture: Architecture },
): string[] {
  const files = listFiles(directory);
  const installed = listPackages(directory, files);
  return [
    ...linkProblems(directory, files),
    ...nativeProblems(directory, files, architecture),
    ...missingProblems(installed, packages, architecture),
    ...awsProblems(installed),
    ...sizeProblems(files, maxMiB),
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

function nativeProblems(directory: string, files: readonly Entry[], architecture: Architecture): string[] {
  return files.flatMap(({ path, isLink }) => {
    const problem = isLink ? undefined : binaryProblem(join(directory, path), architecture);
    return problem === undefined ? [] : [`${path} ${problem}; the layer is for ${architecture}.`];
  });
}

function missingProblems(
  installed: readonly Package[],
  packages: readonly string[],
  architecture: Architecture,
): string[] {
  const present = new Set(installed.map(({ name }) => name));
  const atTop = new Set(installed.map(({ path }) => path));
  return [
    ...packages
      .filter(name => !atTop.has(`${NODE_MODULES}/${name}`))
      .map(name => `Package ${name} is named in package.json but is not in the layer.`),
    // npm says nothing of an optional package that the lockfile lacks.
    ...installed.flatMap(({ name, optionalDependencies = {} }) =>
      Object.keys(optionalDependencies)
        .filter(binary => holdsBinaryFor(binary, architecture) && !present.has(binary))
        .map(binary => `Package ${binary} is missing: ${name} does not run on ${architecture} without it.`),
    ),
  ];
}

/** By the naming convention of packages with binaries: `@img/sharp-linux-arm64`, `@rollup/rollup-linux-x64-gnu`. */
function holdsBinaryFor(name: string, architecture: Architecture): boolean {
  const words = name.split(/[/-]/);
  return words.includes('linux') && words.includes(NPM_CPU[architecture]) && !words.includes('musl');
}

/** Node finds packages in /opt before the runtime's own SDK: a copy in a layer would replace it. */
function awsProblems(installed: readonly Package[]): string[] {
  return installed
    .filter(({ name }) => /^(@aws-sdk\/|@smithy\/|aws-sdk$)/.test(name))
    .map(({ path }) => `Package ${path} would hide the AWS SDK of the Lambda runtime.`);
}

function sizeProblems(files: readonly Entry[], maxMiB: number): string[] {
  const mib = files.reduce((sum, { bytes }) => sum + bytes, 0) / MIB;
  if (mib <= maxMiB) return [];
  return [`The layer has ${mib.toFixed(1)} MiB unzipped, more than its ${maxMiB} MiB (layer.maxMiB).`];
}
