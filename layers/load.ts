import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, parse } from 'node:path';
import { type Architecture, NPM_CPU } from './architecture';

/** The Lambda runtime's Node (npm package `node`), else the one that runs us. */
const RUNTIME = join(__dirname, '..', 'node_modules', 'node', 'bin', 'node');
const NODE = existsSync(RUNTIME) ? RUNTIME : process.execPath;

/** Requires each package and says which files came from outside of NODE_PATH: this project has a sharp of its own. */
const SCRIPT = `
  const { realpathSync } = require('node:fs');
  const { sep } = require('node:path');
  process.argv.slice(1).forEach(name => require(name));
  const inside = realpathSync(process.env.NODE_PATH) + sep;
  const strangers = Object.keys(require.cache).filter(file => !file.startsWith(inside));
  if (strangers.length > 0) throw new Error('the layer lacks what was loaded from ' + strangers[0]);
`;

/** Whether this host can run a layer for that CPU: Linux with glibc on the same. */
export function canLoad(architecture: Architecture): boolean {
  if (process.platform !== 'linux' || process.arch !== NPM_CPU[architecture]) return false;
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime !== undefined;
}

/**
 * Loads a layer's packages as a function would, in a process of its own.
 *
 * @returns a sentence for each package that fails; empty when all load
 */
export function loadProblems(directory: string, packages: readonly string[]): string[] {
  return packages.flatMap(name => {
    const { status, stderr } = spawnSync(NODE, ['-e', SCRIPT, name], {
      // Node looks in the folders above this one first, so there must be none.
      cwd: parse(directory).root,
      env: { NODE_PATH: join(directory, 'nodejs', 'node_modules') },
      encoding: 'utf8',
    });
    if (status === 0) return [];
    const reason = stderr.split('\n').find(line => /^\w*Error\b/.test(line)) ?? stderr.trim();
    return [`Package ${name} does not load: ${reason}.`];
  });
}
