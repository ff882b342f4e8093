import { spawnSync } from 'node:child_process';

/** This machine has no Python that can install packages: layers of Python cannot be built here. */
export class PipMissing extends Error {
  override readonly name = 'PipMissing';
}

/**
 * A Python that has pip; one of the wanted version if there is one, because pip asks the Python that runs it whether a
 * condition such as `python_version < "3.13"` holds.
 *
 * @param version as in `3.14`
 * @returns the program
 * @throws PipMissing
 */
export function findPip(version: string): string {
  const found = candidates(version).find(program => answer(program, 'import pip') !== undefined);
  if (found !== undefined) return found;
  throw new PipMissing(
    'Expected Python 3 with pip for requirements.txt but found none: install it, or name its program in PYTHON.',
  );
}

/** A Python of just that version, if this machine has one. */
export function findPython(version: string): string | undefined {
  return candidates(version).find(program => answer(program) === version);
}

/** PYTHON names one to be preferred, as for node-gyp. */
function candidates(version: string): readonly string[] {
  return [process.env.PYTHON ?? '', `python${version}`, 'python3', 'python', 'py'].filter(
    name => name !== '',
  );
}

/** The version of a Python that can do this; `undefined` if there is none of that name, or it cannot. */
function answer(program: string, statement = ''): string | undefined {
  const script = `import sys\n${statement}\nprint("%d.%d" % sys.version_info[:2])`;
  const { status, stdout } = spawnSync(program, ['-c', script], { encoding: 'utf8' });
  const version = stdout?.trim();
  return status === 0 && version.startsWith('3.') ? version : undefined;
}
