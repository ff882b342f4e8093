import { join } from 'node:path';
import type { Architecture } from './architecture';
import { bundlePackage } from './bundle';
import type { Entry } from './files';
import { canLoad, loadProblems } from './load';
import { importProblems } from './load-python';
import type { Manifest } from './manifest';
import { installPackages } from './npm';
import { listNpmPackages, NODE_MODULES, npmProblems } from './npm-packages';
import { installWheels } from './pip';
import { prune } from './prune';
import { prunePython } from './prune-python';
import { findPython } from './python';
import { listPythonPackages, PYTHON_PACKAGES, unpinnedProblems } from './python-packages';
import { glibcMinor, pythonVersion } from './runtime';

/** Whether the packages of a layer load: what is wrong with them, or why this machine cannot tell. */
export type Loading = { readonly problems: readonly string[] } | { readonly notLoaded: string };

/** What differs between layers of npm's and of pip's packages. All else about a layer is the same for both. */
export interface Kind {
  /**
   * Installs what the layer's folder names into the folder that becomes /opt, and removes what does not run.
   *
   * @throws Error that says what is wrong, and what to do
   */
  install(
    opt: string,
    layer: { readonly source: string; readonly architecture: Architecture },
    manifest: Manifest,
  ): void;
  countPackages(opt: string, files: readonly Entry[]): number;
  /** A sentence for each thing that is wrong with the packages as a whole. Reads files only. */
  problems(opt: string, files: readonly Entry[], architecture: Architecture, manifest: Manifest): string[];
  /** Loads the packages as a function would. */
  load(opt: string, architecture: Architecture, manifest: Manifest): Loading;
}

const NPM: Kind = {
  install(opt, { source, architecture }, manifest) {
    const nodeModules = join(opt, NODE_MODULES);
    installPackages(source, { into: join(nodeModules, '..'), architecture });
    prune(nodeModules, manifest.prune);
    for (const [name, folders] of Object.entries(manifest.bundle)) bundlePackage(nodeModules, name, folders);
  },
  countPackages: (opt, files) => listNpmPackages(opt, files).length,
  problems: (opt, files, architecture, { packages }) =>
    npmProblems(listNpmPackages(opt, files), packages, architecture),
  load(opt, architecture, { packages, entry }) {
    if (!canLoad(architecture)) return { notLoaded: `this is no Linux on ${architecture}` };
    return {
      problems: loadProblems(
        opt,
        packages.map(name => entry[name] ?? name),
      ),
    };
  },
};

const PIP: Kind = {
  install(opt, { source, architecture }, { prune: also, runtimes }) {
    const packages = join(opt, PYTHON_PACKAGES);
    const target = { architecture, version: pythonVersion(runtimes), glibc: glibcMinor(runtimes) };
    installWheels(source, packages, target);
    prunePython(packages, also);
  },
  countPackages: (_, files) => listPythonPackages(files).length,
  problems: (_opt, files, _architecture, { packages }) =>
    unpinnedProblems(listPythonPackages(files), packages),
  load(opt, architecture, { runtimes }) {
    const version = pythonVersion(runtimes);
    const python = canLoad(architecture) ? findPython(version) : undefined;
    if (python === undefined)
      return { notLoaded: `there is no Python ${version} for Linux on ${architecture}` };
    return { problems: importProblems(join(opt, PYTHON_PACKAGES), python) };
  },
};

export const KINDS = { npm: NPM, pip: PIP } as const satisfies Record<Manifest['kind'], Kind>;
