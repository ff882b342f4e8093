import type { Variant } from '../variant';

/** One encoded thumbnail. */
export interface Thumbnail {
  readonly variant: Variant;
  readonly bytes: Uint8Array;
  readonly contentType: string;
  /** px */
  readonly width: number;
  readonly height: number;
}

/** A source that became thumbnails, one for each variant, in the variants' order. */
export interface Rendered {
  readonly kind: 'rendered';
  /** Size of the source as it is meant to be seen (after orientation), in px. */
  readonly width: number;
  readonly height: number;
  /** What the bytes are, in sharp's words (`jpeg`, `png`, `heif`, …). */
  readonly format: string;
  readonly thumbnails: readonly Thumbnail[];
}

/** Why a source cannot become thumbnails; a later try would end the same. */
export const REASONS = [
  'unsupported',
  'damaged',
  'too large',
  'empty',
  'took too long',
  'key too long',
] as const;
export type Reason = (typeof REASONS)[number];

export interface Rejected {
  readonly kind: 'rejected';
  readonly reason: Reason;
  /** The same in a plain sentence for people, with the values that led to it. */
  readonly detail: string;
}

export type Rendering = Rendered | Rejected;
