import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Architecture, NPM_CPU } from './architecture';
import type { Entry } from './files';

/** Where Lambda looks for npm's packages, below /opt. */
export const NODE_MODULES = 'nodejs/node_modules';

/** An installed package. */
export interface NpmPackage {
  readonly name: string;
  /** Relative to the listed folder. */
  readonly path: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const PACKAGE = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\/package\.json$/;

/** The packages among a folder's files, nested ones too. A package is named by its folder in `node_modules`. */
export function listNpmPackages(directory: string, files: readonly Entry[]): NpmPackage[] {
  return files.flatMap(({ path }) => {
    const name = PACKAGE.exec(path)?.[1];
    if (name === undefined) return [];
    const manifest = JSON.parse(readFileSync(join(directory, path), 'utf8')) as NpmPackage;
    return [{ ...manifest, name, path: dirname(path) }];
  });
}

/**
 * What is wrong with the packages of a layer as a whole: one sentence each.
 *
 * @param named the packages that package.json names
 */
export function npmProblems(
  installed: readonly NpmPackage[],
  named: readonly string[],
  architecture: Architecture,
): string[] {
  return [...missingProblems(installed, named, architecture), ...awsProblems(installed)];
}

function missingProblems(
  installed: readonly NpmPackage[],
  named: readonly string[],
  architecture: Architecture,
): string[] {
  const present = new Set(installed.map(({ name }) => name));
  const atTop = new Set(installed.map(({ path }) => path));
  return [
    ...named
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
function awsProblems(installed: readonly NpmPackage[]): string[] {
  return installed
    .filter(({ name }) => /^(@aws-sdk\/|@smithy\/|aws-sdk$)/.test(name))
    .map(({ path }) => `Package ${path} would hide the AWS SDK of the Lambda runtime.`);
}
