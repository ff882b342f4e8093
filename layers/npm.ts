import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Architecture, NPM_CPU } from './architecture';

/**
 * Installs the packages of a layer for Lambda (Linux, glibc), whatever this host is. No package's script runs: it would
 * run for the host.
 *
 * @param source the folder with package.json and package-lock.json
 * @param into the folder that gets `node_modules` and nothing else; it is made
 * @throws Error with npm's own words and what to do
 */
export function installPackages(
  source: string,
  { into, architecture }: { readonly into: string; readonly architecture: Architecture },
): void {
  const npmFiles = ['package.json', 'package-lock.json'].filter(name => existsSync(join(source, name)));
  mkdirSync(into, { recursive: true });
  for (const name of npmFiles) copyFileSync(join(source, name), join(into, name));
  runNpmCi(into, architecture);
  for (const name of npmFiles) rmSync(join(into, name));
}

function runNpmCi(directory: string, architecture: Architecture): void {
  const target = ['--os=linux', `--cpu=${NPM_CPU[architecture]}`, '--libc=glibc'];
  const what = ['--include=optional', '--omit=dev', '--ignore-scripts', '--install-strategy=hoisted'];
  // The lockfile's hashes decide what is right, so a copy in npm's cache is as good as the registry's.
  const how = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  const { command, first, shell } = npmCommand();
  const npm = spawnSync(command, [...first, 'ci', ...target, ...what, ...how], {
    cwd: directory,
    shell,
    encoding: 'utf8',
  });
  if (npm.error) throw new Error(`npm could not be started: ${npm.error.message}.`, { cause: npm.error });
  if (npm.status !== 0) {
    const end = npm.signal ?? `exit code ${npm.status}`;
    throw new Error(`npm ci failed (${end}):${complaint(npm.stderr)}\n${remedy(npm.stderr)}`);
  }
}

/** The npm that runs us if one does: it need not be on PATH. pnpm and Yarn set the same variable. */
function npmCommand() {
  const path = process.env.npm_execpath;
  if (path !== undefined && basename(path) === 'npm-cli.js') {
    return { command: process.execPath, first: [path], shell: false };
  }
  // On Windows npm is a .cmd file, which only a shell can start.
  return { command: 'npm', first: [], shell: process.platform === 'win32' };
}

/** npm says first what went wrong; stack traces and pages of usage follow. */
function complaint(stderr: string): string {
  const lines = stderr.split('\n').filter(line => /^npm (error|ERR!) [^\s}]/.test(line));
  return lines
    .slice(0, 5)
    .map(line => `\n  ${line}`)
    .join('');
}

function remedy(stderr: string): string {
  return stderr.includes('EUSAGE')
    ? 'Update its package-lock.json, as layers/README.md says.'
    : 'Check that this machine reaches the npm registry (`npm ping`), then run `npm run layers`.';
}
