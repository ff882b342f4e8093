/** Whether S3 announces keys by their extension, or all of them. */
export const WATCH = ['extensions', 'all'] as const;
export type Watch = (typeof WATCH)[number];

/**
 * S3 takes 100 notification rules a bucket, one suffix each, and compares case; deletions take two rules.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html
 */
const MAX_ENDINGS = 98;
/** Each takes two rules at least, for its lower and its upper case. */
export const MAX_EXTENSIONS = MAX_ENDINGS / 2;

export interface Endings {
  /** What a key must end in, such as `.jpg`, for S3 to announce it. */
  readonly endings: readonly string[];
  /** Capitalised spellings, such as `.Srw`, for which S3 has no rule left. */
  readonly leftOut: readonly string[];
}

/** All extensions in lower and in upper case, and as many as there is room for capitalised, the first ones first. */
export function endingsOf(extensions: readonly string[]): Endings {
  const both = new Set(extensions.flatMap(extension => [`.${extension}`, `.${extension.toUpperCase()}`]));
  const capitalised = extensions
    .map(extension => `.${extension.charAt(0).toUpperCase()}${extension.slice(1)}`)
    .filter(ending => !both.has(ending));
  const room = MAX_ENDINGS - both.size;
  return { endings: [...both, ...capitalised.slice(0, room)], leftOut: capitalised.slice(room) };
}

/**
 * Whether S3 announces a variant's new thumbnails too: their keys end in their source's ending and the variant's suffix.
 *
 * @param endings undefined where S3 announces every key
 */
export function announcesThumbnails(endings: readonly string[] | undefined, suffix: string): boolean {
  return (
    endings === undefined ||
    endings.some(source => endings.some(ending => `${source}${suffix}`.endsWith(ending)))
  );
}
