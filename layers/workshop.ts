import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const PREFIX = '.building-';

/** No build takes this long: an older workshop belongs to one that was killed. ms */
const ABANDONED_AFTER = 60 * 60 * 1000;

/**
 * A new folder for one build, of a name that no other has, inside the one that its result will move to: a rename does
 * not cross disks.
 */
export function openWorkshop(dist: string): string {
  mkdirSync(dist, { recursive: true });
  for (const name of readdirSync(dist).filter(one => one.startsWith(PREFIX))) {
    const path = join(dist, name);
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (age > ABANDONED_AFTER) rmSync(path, { recursive: true, force: true });
  }
  return mkdtempSync(join(dist, PREFIX));
}
