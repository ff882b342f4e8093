import { type Zippable, zipSync } from 'fflate';
import { listFiles, readEntry } from './files';

/** The first day that a zip can tell; zips have local time, and so has this, in every time zone. */
const NO_TIME = new Date(1980, 0, 1, 12);

/** Says in a zip that its attributes are those of Unix. */
const UNIX = 3;
const REGULAR = 0o100_000;
const LINK = 0o120_000;

/**
 * Zips a layer's folder so that the same contents give the same bytes on every host: sorted, no times, permissions by
 * content, no entries for folders. fflate is JavaScript all through; Node's own zlib compresses differently from one
 * CPU and version to another.
 */
export function zipLayer(directory: string): Uint8Array {
  const entries: Zippable = {};
  for (const entry of listFiles(directory)) {
    const { content, mode } = readEntry(directory, entry);
    const attrs = (((entry.isLink ? LINK : REGULAR) | mode) << 16) >>> 0;
    entries[entry.path] = [content, { mtime: NO_TIME, os: UNIX, attrs, level: 9 }];
  }
  return zipSync(entries);
}
