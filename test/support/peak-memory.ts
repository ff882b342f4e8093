import { readFileSync } from 'node:fs';

/**
 * The largest resident size that a process has had, in MiB; 0 where the system is not Linux. Not `resourceUsage().maxRSS`: that
 * begins with the size of the process that started this one.
 */
export function peakMemoryMiB(processId: number | 'self' = 'self'): number {
  if (process.platform !== 'linux') return 0;
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${processId}/status`, 'utf8'))?.[1]) / 1024;
}
