import { type Zippable, zipSync } from 'fflate';
import { listFiles, readEntry } from './files';

/** The first day that a zip can store, in local time, as zips have it: the same in every time zone. */
const NO_TIME = new Date(1980, 0, 1, 12);

/** The "made by" of an entry whose external attributes are Unix permissions. */
const UNIX = 3;
const REGULAR = 0o100_000;
const LINK = 0o120_000;

/**
 * Zips a layer's folder so that the same contents give the same bytes on every host: sorted, no times, permissions by
 * content, no entries for folders. fflate is all JavaScript; Node's zlib compresses differently on another CPU or in
 * another version.
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
