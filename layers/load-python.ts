import { spawnSync } from 'node:child_process';
import { parse } from 'node:path';
import { listFiles } from './files';

/** Imports each module and ends with a line of JSON: the error of each that fails. */
const SCRIPT = `
import importlib, json, sys
errors = {}
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except BaseException as error:
        errors[name] = f"{type(error).__name__}: {error}"
print()
print(json.dumps(errors))
`;

/** `six.py`, `_cffi_backend.cpython-314-x86_64-linux-gnu.so`. */
const MODULE = /^([A-Za-z_]\w*)(\.[\w-]+)?\.(py|so)$/;
const PACKAGE = /^([A-Za-z_]\w*)\/__init__\.py$/;

/**
 * Imports all that a layer lets a function import, as a function would, in a child process.
 *
 * @param packages the folder that Lambda has in its path, /opt/python
 * @param python a Python of the layer's version
 * @returns a sentence for each module that fails; empty when all load
 */
export function importProblems(packages: string, python: string): string[] {
  // Neither this host's packages (-S) nor compiled files in the layer (-B).
  const { status, signal, stdout } = spawnSync(python, ['-S', '-B', '-c', SCRIPT, ...modulesIn(packages)], {
    cwd: parse(packages).root,
    env: { PYTHONPATH: packages },
    encoding: 'utf8',
  });
  if (status !== 0)
    return [`Python ended with ${signal ?? `exit code ${status}`} while it imported the packages.`];
  const errors: Record<string, string> = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  return Object.entries(errors).map(([name, error]) => `Module ${name} does not load: ${error}.`);
}

function modulesIn(packages: string): readonly string[] {
  const names = listFiles(packages).map(({ path }) => (PACKAGE.exec(path) ?? MODULE.exec(path))?.[1]);
  return [...new Set(names)].filter(name => name !== undefined);
}
