import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** https://www.sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;

/** Another running process has the data folder. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse';
}

/**
 * Claims a data folder for this process: two local clouds in one folder would overwrite each other's state.
 *
 * The claim is a lock of the operating system on the file `lock`, taken in one step and gone with the process however it
 * ends. Node has no call for such locks; SQLite takes one on Linux, macOS and Windows. The file `pid` is for people, and
 * for the sentence that says who has the folder: nothing is decided by it.
 *
 * @returns gives the folder back
 * @throws FolderInUse when another running process has it
 */
export function claimFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true });
  const pidFile = join(folder, 'pid');
  const lock = new DatabaseSync(join(folder, 'lock'));
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    const busy = (cause as { readonly errcode?: number }).errcode === SQLITE_BUSY;
    const expected = `Expected a free data folder but ${folder}`;
    if (!busy) throw new Error(`${expected} cannot be locked; remove ${join(folder, 'lock')}.`, { cause });
    throw new FolderInUse(`${expected} is in use by ${ownerIn(pidFile)}; choose another with --data.`, {
      cause,
    });
  }
  writeFileSync(pidFile, String(process.pid));
  return () => {
    rmSync(pidFile, { force: true });
    lock.close();
  };
}

/** The file may be missing, empty or of an earlier owner while the present one starts. */
function ownerIn(pidFile: string): string {
  const pid = existsSync(pidFile) ? readFileSync(pidFile, 'utf8') : '';
  return /^\d+$/.test(pid) ? `process ${pid}` : 'another process';
}
