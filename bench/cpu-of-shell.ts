import { spawnSync } from 'node:child_process';
import { pinned } from './child';
import { FUNCTION_CPU } from './invokable';

/** CPU ms of a command over files (`$f`), on one CPU; undefined if it fails. */
export function cpuOfShell(command: string, files: readonly string[]): number | undefined {
  const script = `TIMEFORMAT='%3U %3S'; time (for f in "$@"; do ${command} || exit 1; done)`;
  const [shell = '', ...args] = pinned(['bash', '-c', script, 'bash', ...files], FUNCTION_CPU);
  const { status, stderr } = spawnSync(shell, args, { encoding: 'utf8' });
  const [user, system] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return status === 0 ? ((user ?? 0) + (system ?? 0)) * 1000 : undefined;
}
