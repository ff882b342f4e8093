import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Lambda's limit for a function and its layers together, unzipped. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const LAMBDA_MAX_MIB = 250;

/** What a layer's package.json says. */
export interface Manifest {
  /** What a function may `require`: the names of its dependencies. */
  readonly packages: readonly string[];
  /** Of a package that is required by one of its files, that file (`layer.entry`). */
  readonly entry: Readonly<Record<string, string>>;
  /** Budget for the unzipped layer, in MiB (`layer.maxMiB`; Lambda's limit without it). */
  readonly maxMiB: number;
  /** Files and folders below node_modules that a function does not need (`layer.prune`). */
  readonly prune: readonly string[];
  /**
   * Packages to bundle into one file, each with the folders that it requires from by a computed name (`layer.bundle`,
   * see bundle.ts).
   */
  readonly bundle: Readonly<Record<string, readonly string[]>>;
  /** Runtimes that the layer is for, by Lambda's names (`layer.runtimes`; the project's own without it). */
  readonly runtimes: readonly string[];
}

interface PackageJson {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly layer?: Partial<Omit<Manifest, 'packages'>>;
}

/** @param source the layer's folder */
export function readManifest(source: string): Manifest {
  const { dependencies = {}, layer = {} } = JSON.parse(
    readFileSync(join(source, 'package.json'), 'utf8'),
  ) as PackageJson;
  const { maxMiB = LAMBDA_MAX_MIB, prune = [], entry = {}, bundle = {}, runtimes = ['nodejs24.x'] } = layer;
  return {
    packages: Object.keys(dependencies),
    maxMiB: Math.min(maxMiB, LAMBDA_MAX_MIB),
    prune,
    entry,
    bundle,
    runtimes,
  };
}
