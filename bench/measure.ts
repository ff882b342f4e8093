import { readdirSync, readFileSync } from 'node:fs';

/** CPU time of all threads that a task takes, in ms. */
export async function cpuMs(task: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage();
  await task();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

export function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

/** Linux counts in hundredths of a second. */
const TICK_MS = 10;

/** CPU time that a function took until now, in ms, to 10 ms: its process and those that it started. Linux only. */
export function cpuMsOf(id: number): number {
  return sum(processTree(id).map(cpuMsOfProcess));
}

function cpuMsOfProcess(id: number): number {
  const stat = readFileSync(`/proc/${id}/stat`, 'utf8');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return ((user ?? 0) + (system ?? 0)) * TICK_MS;
}

/** Memory of a process, and of those that it started, in RAM now, in MiB. Linux only. */
export function residentMiB(id: number): number {
  return sum(processTree(id).map(process => statusMiB(process, 'VmRSS')));
}

/** A process and all that it started, by their ids. */
function processTree(id: number): number[] {
  const children = readdirSync(`/proc/${id}/task`).flatMap(thread =>
    readFileSync(`/proc/${id}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
  return [id, ...children.flatMap(processTree)];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** The most that it ever had. */
export function peakMiB(id: number): number {
  return statusMiB(id, 'VmHWM');
}

function statusMiB(id: number, field: string): number {
  const status = readFileSync(`/proc/${id}/status`, 'utf8');
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
}
