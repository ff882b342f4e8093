import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** https://www.sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;

/** SQLite takes an exclusive lock in steps; two processes that start at once can hold up each other at the first. */
const RETRY_MS = 200;

/** Referred to from here because the garbage collector closes, and so unlocks, a database that nothing refers to. */
const held = new Set<DatabaseSync>();

/** Another process has the folder. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse';
}

/**
 * Locks a data folder for this process: two local clouds in one folder would overwrite each other's state.
 *
 * The lock is the operating system's, on the file `lock`: taken in one step, and released with the process however it
 * ends. Node has no call for such locks; SQLite takes one on Linux, macOS and Windows. The file `pid` only tells people
 * which process has the folder.
 *
 * @returns releases the folder
 * @throws FolderInUse when another running process has it
 */
export function claimFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true });
  const pidFile = join(folder, 'pid');
  const lock = new DatabaseSync(join(folder, 'lock'), { timeout: RETRY_MS });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    if ((cause as { readonly errcode?: number }).errcode === SQLITE_BUSY) {
      const sentence = `Expected a free data folder but ${folder} is in use by ${ownerIn(pidFile)}.`;
      throw new FolderInUse(sentence, { cause });
    }
    const file = join(folder, 'lock');
    throw new Error(`Expected a folder that can be locked but received ${folder}; remove ${file}.`, {
      cause,
    });
  }
  held.add(lock);
  writeFileSync(pidFile, String(process.pid));
  return () => {
    held.delete(lock);
    rmSync(pidFile, { force: true });
    lock.close();
  };
}

/** The file may be missing, empty or of an earlier owner while the present one starts. */
function ownerIn(pidFile: string): string {
  const pid = existsSync(pidFile) ? readFileSync(pidFile, 'utf8') : '';
  return /^\d+$/.test(pid) ? `process ${pid}` : 'another process';
}
