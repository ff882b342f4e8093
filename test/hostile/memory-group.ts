import { chmodSync, existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A cgroup that holds processes to so much memory, as Lambda does a function's. */
export interface MemoryGroup {
  /** The most that its processes had since the last call, with the pages of files that they read, in MiB. */
  takePeakMiB(): number;
  /** Processes that the kernel ended because there was no more. */
  kills(): number;
  /** Writes a program that puts itself into the group and becomes its arguments (AWS_LAMBDA_EXEC_WRAPPER). */
  writeWrapper(file: string): void;
  /** Its processes must have ended. */
  remove(): void;
}

const MIB = 2 ** 20;
const ROOT = '/sys/fs/cgroup';

/** The files of the two versions. https://docs.kernel.org/admin-guide/cgroup-v1/memory.html, …/cgroup-v2.html */
const VERSIONS = [
  {
    root: join(ROOT, 'memory'),
    limit: 'memory.limit_in_bytes',
    peak: 'memory.max_usage_in_bytes',
    kills: 'memory.oom_control',
    swap: ['memory.swappiness', '0'],
  },
  {
    root: ROOT,
    limit: 'memory.max',
    peak: 'memory.peak',
    kills: 'memory.events',
    swap: ['memory.swap.max', '0'],
  },
] as const;

/** @returns why there can be no group on this machine; undefined where there can */
export function whyNoMemoryGroup(): string | undefined {
  try {
    createMemoryGroup(`miniaturas-try-${process.pid}`, 100).remove();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** @throws Error where the machine has no cgroups, or does not let us make one */
export function createMemoryGroup(name: string, limitMiB: number): MemoryGroup {
  const version = VERSIONS.find(({ root }) => existsSync(join(root, 'cgroup.procs')));
  if (version === undefined) throw new Error('This machine has no cgroups.');
  const folder = join(version.root, name);
  const file = (name: string) => join(folder, name);
  mkdirSync(folder);
  try {
    writeFileSync(file(version.limit), String(limitMiB * MIB));
    if (existsSync(file(version.swap[0]))) writeFileSync(file(version.swap[0]), version.swap[1]);
  } catch (error) {
    rmdirSync(folder);
    throw error;
  }
  return {
    takePeakMiB() {
      const peak = Math.round(Number(readFileSync(file(version.peak), 'utf8')) / MIB);
      try {
        writeFileSync(file(version.peak), '0');
      } catch {
        // Version 2 begins anew for one open file only, and that since Linux 6.12: there it stays the most of all.
      }
      return peak;
    },
    kills: () => Number(/^oom_kill (\d+)/m.exec(readFileSync(file(version.kills), 'utf8'))?.[1] ?? 0),
    writeWrapper(wrapper) {
      writeFileSync(wrapper, `#!/bin/sh\necho $$ > ${file('cgroup.procs')} || exit\nexec "$@"\n`);
      chmodSync(wrapper, 0o755);
    },
    remove: () => rmdirSync(folder),
  };
}
