import type { Decoder, Reason } from './rendering';

/** What became of one source. A fault that a later try may cure is an error, not an outcome. */
export type Outcome =
  /** Its thumbnails are there, made of its newest bytes. */
  | {
      readonly outcome: 'created';
      readonly thumbnails: readonly ThumbnailReport[];
      readonly source: SourceReport;
    }
  /** It is gone, and so are its thumbnails. */
  | { readonly outcome: 'removed' }
  /** It is no source: nothing was read or written. */
  | { readonly outcome: 'skipped'; readonly reason: SkipReason }
  /** It cannot have all its thumbnails: those that could be made are there, older ones of the others are gone. */
  | {
      readonly outcome: 'rejected';
      readonly reason: Reason;
      readonly detail: string;
      readonly thumbnails?: readonly ThumbnailReport[];
    };

export type SkipReason =
  | 'is in another bucket'
  | 'lies where thumbnails do'
  | 'is a folder marker'
  | 'has an extension that is not watched'
  | 'is for no variant';

export interface ThumbnailReport {
  readonly key: string;
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
}

export interface SourceReport {
  readonly bytes: number;
  readonly format: string;
  readonly width: number;
  readonly height: number;
  readonly decoder: Decoder;
  readonly damaged: boolean;
  /** Its metadata names a point to keep that is not `x,y` of 0 to 1: it was not used. */
  readonly focus?: 'not understood';
}
