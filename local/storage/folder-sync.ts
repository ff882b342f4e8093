import type { FoundFile } from './folder-scan';

/** What is kept of a file: as it was when it was last looked at. */
export interface Known extends Pick<FoundFile, 'key' | 'size' | 'modified'> {
  /** Of its object, in ms. */
  readonly lastModified: number;
  /** Its object was deleted through S3; the file stays, and is no object until it changes. */
  readonly deleted?: true;
}

export interface Synced {
  /** The file is new or another one than before, and takes the place of an object that was written through S3. */
  readonly isNews: boolean;
  readonly known: Known;
}

/**
 * What a file means for its object. By size and modification time it is the same as before or not.
 *
 * Its object is as old as the file's content; it is no older than the file's arrival where a thumbnail of another file of
 * that name may be there already, and not of the future, where a camera's clock was wrong.
 *
 * @param before as it was at the last start; undefined if there was none
 * @param isFirst whether the folder is looked at for the first time
 * @param now in ms
 */
export function synced(
  { key, size, modified, arrived }: FoundFile,
  {
    before,
    isFirst,
    now,
  }: { readonly before: Known | undefined; readonly isFirst: boolean; readonly now: number },
): Synced {
  if (before?.size === size && before.modified === modified) return { isNews: false, known: before };
  const lastModified = Math.min(isFirst ? modified : arrived, now);
  return { isNews: true, known: { key, size, modified, lastModified } };
}
