import type { Entry } from './files';
import { normalized } from './requirements';

/** Where Lambda looks for Python's packages, below /opt. */
export const PYTHON_PACKAGES = 'python';

export interface PythonPackage {
  /** Normalized. */
  readonly name: string;
  readonly version: string;
}

const METADATA = /^python\/([^/]+)-([^/-]+)\.dist-info\/METADATA$/;

/** The packages among a layer's files. */
export function listPythonPackages(files: readonly Entry[]): PythonPackage[] {
  return files.flatMap(({ path }) => {
    const [, name, version] = METADATA.exec(path) ?? [];
    return name === undefined || version === undefined ? [] : [{ name: normalized(name), version }];
  });
}

/**
 * A sentence for each package that another one brought along: pip would choose its version anew with each build.
 *
 * @param named the packages that requirements.txt names, normalized
 */
export function unpinnedProblems(installed: readonly PythonPackage[], named: readonly string[]): string[] {
  return installed
    .filter(({ name }) => !named.includes(name))
    .map(
      ({ name, version }) =>
        `Package ${name} is in the layer but not in requirements.txt: add ${name}==${version} there.`,
    );
}
