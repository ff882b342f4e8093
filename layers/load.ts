import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, parse } from 'node:path';
import { type Architecture, NPM_CPU } from './architecture';

/** The Lambda runtime's Node (npm package `node`), else the one that runs us. */
const RUNTIME = join(__dirname, '..', 'node_modules', 'node', 'bin', 'node');
const NODE = existsSync(RUNTIME) ? RUNTIME : process.execPath;

/** Requires each package and fails on a file from outside of NODE_PATH: this project has a sharp of its own. */
const SCRIPT = `
  const { realpathSync } = require('node:fs');
  const { sep } = require('node:path');
  process.argv.slice(1).forEach(name => require(name));
  const inside = realpathSync(process.env.NODE_PATH) + sep;
  const leaks = Object.keys(require.cache).filter(file => !file.startsWith(inside));
  if (leaks.length > 0) throw new Error('the layer lacks what was loaded from ' + leaks[0]);
`;

/**
 * Whether this host can load native code that is built for Lambda on that CPU. `local/` asks the same in
 * `function.ts`, because it imports nothing of ours.
 */
export function canLoad(architecture: Architecture): boolean {
  if (process.platform !== 'linux' || process.arch !== NPM_CPU[architecture]) return false;
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime !== undefined;
}

/**
 * Loads a layer's packages as a function would, in a child process.
 *
 * @returns a sentence for each package that fails; empty when all load
 */
export function loadProblems(directory: string, packages: readonly string[]): string[] {
  return packages.flatMap(name => {
    const { status, stderr } = spawnSync(NODE, ['-e', SCRIPT, name], {
      // Node searches the folders above this one before NODE_PATH.
      cwd: parse(directory).root,
      env: { NODE_PATH: join(directory, 'nodejs', 'node_modules') },
      encoding: 'utf8',
    });
    if (status === 0) return [];
    const reason = stderr.split('\n').find(line => /^\w*Error\b/.test(line)) ?? stderr.trim();
    return [`Package ${name} does not load: ${reason}.`];
  });
}
