/** An object as S3 lists it. */
export interface Listed {
  readonly key: string;
  /** Milliseconds since 1970; S3 lists whole seconds. Of a multipart upload it is when the upload began. */
  readonly lastModified: number;
  /** Bytes. */
  readonly size: number;
  /** In quotes, as in GetObject's answer and in the metadata of thumbnails. */
  readonly etag: string;
}

/** Objects in the order of their keys' UTF-8 bytes. In pages: a loop that awaits each object costs twice as much CPU. */
export type Pages = AsyncIterable<readonly Listed[]>;

/** Which objects of a bucket to list. */
export interface Wanted {
  /** What their keys begin with. */
  readonly prefix: string;
  /** Only those after this key. @default from the first on */
  readonly after?: string | undefined;
  /** Only those up to this key, itself included. @default to the last */
  readonly upTo?: string | undefined;
  /** Folders to leave out, each with a slash at its end. */
  readonly except?: readonly string[];
}
