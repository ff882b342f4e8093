import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRequirements } from './requirements';

/** Lambda's limit for a function and its layers together, unzipped. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const LAMBDA_MAX_MIB = 250;

/** The files of a layer's folder that name its packages and settle what is installed. */
export const PACKAGE_FILES = ['package.json', 'package-lock.json', 'requirements.txt'] as const;

/** The runtime that a layer is for unless it names others: the project's own, and the newest of Python. */
const RUNTIMES = { npm: 'nodejs24.x', pip: 'python3.14' } as const;

/** What a layer's package.json and requirements.txt say. */
export interface Manifest {
  /** Who installs its packages: pip if there is a requirements.txt, else npm. */
  readonly kind: 'npm' | 'pip';
  /** The names of its packages: the dependencies in package.json, or all in requirements.txt. */
  readonly packages: readonly string[];
  /** Of a package that is required by one of its files, that file (`layer.entry`). npm only. */
  readonly entry: Readonly<Record<string, string>>;
  /** Budget for the unzipped layer, in MiB (`layer.maxMiB`; Lambda's limit without it). */
  readonly maxMiB: number;
  /** Files and folders below node_modules or python that a function does not need (`layer.prune`). */
  readonly prune: readonly string[];
  /**
   * Packages to bundle into one file, each with the folders that it requires from by a computed name (`layer.bundle`,
   * see bundle.ts). npm only.
   */
  readonly bundle: Readonly<Record<string, readonly string[]>>;
  /** Runtimes that the layer is for, by Lambda's names (`layer.runtimes`). */
  readonly runtimes: readonly string[];
}

interface PackageJson {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly layer?: Partial<Omit<Manifest, 'kind' | 'packages'>>;
}

/** Whether a folder is a layer. */
export function isLayer(source: string): boolean {
  return ['package.json', 'requirements.txt'].some(name => existsSync(join(source, name)));
}

/**
 * @param source the layer's folder
 * @throws Error in one sentence if the folder mixes npm's and pip's packages, or pip's are not pinned
 */
export function readManifest(source: string): Manifest {
  const { dependencies = {}, layer = {} } = readPackageJson(source);
  const requirements = readRequirements(source);
  const fromNpm = Object.keys(dependencies);
  if (requirements && fromNpm.length > 0)
    throw new Error('Expected a requirements.txt or dependencies in package.json but received both.');
  const kind = requirements ? 'pip' : 'npm';
  const { maxMiB = LAMBDA_MAX_MIB, prune = [], entry = {}, bundle = {}, runtimes = [RUNTIMES[kind]] } = layer;
  return {
    kind,
    packages: requirements ?? fromNpm,
    maxMiB: Math.min(maxMiB, LAMBDA_MAX_MIB),
    prune,
    entry,
    bundle,
    runtimes,
  };
}

function readPackageJson(source: string): PackageJson {
  const file = join(source, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}
