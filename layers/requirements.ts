import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** `name==version`, with extras, a condition and hashes; no wildcard. https://peps.python.org/pep-0508/ */
const PIN = /^([A-Za-z0-9][\w.-]*)\s*(\[[^\]]*\])?\s*==\s*[\w.!+-]+\s*(;.*)?(\s--hash=\S+)*$/;

/** Options that say where wheels come from. Those that name other files (`-r`, `-c`, `-e`) would escape the build's hash. */
const OPTION = /^(--(extra-)?index-url|-i|--find-links|-f|--no-index|--trusted-host|--require-hashes)\b/;

/**
 * The names of the packages that a layer's requirements.txt names, normalized; `undefined` without that file.
 *
 * @throws Error in one sentence for a line that does not pin a version: the same files would give another layer one day
 */
export function readRequirements(source: string): readonly string[] | undefined {
  const file = join(source, 'requirements.txt');
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, 'utf8')
    .replaceAll(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .map(line => line.replace(/(^|\s)#.*$/, '').trim())
    .filter(line => line !== '' && !OPTION.test(line));
  return lines.map(line => {
    const name = PIN.exec(line)?.[1];
    if (name !== undefined) return normalized(name);
    throw new Error(`Expected name==version in requirements.txt but received ${JSON.stringify(line)}.`);
  });
}

/** A package's name as it is compared. https://packaging.python.org/en/latest/specifications/name-normalization/ */
export function normalized(name: string): string {
  return name.replaceAll(/[-_.]+/g, '-').toLowerCase();
}
