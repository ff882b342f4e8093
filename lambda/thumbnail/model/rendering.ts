import type { Variant } from './variant';

/**
 * What read the source; `sharp tolerant` went past damage, `own` are ours of BMP and icons, and of damaged PNG and GIF, `heif` is
 * libheif for HEIC.
 */
export const DECODERS = ['sharp', 'sharp tolerant', 'own', 'heif', 'magick'] as const;
export type Decoder = (typeof DECODERS)[number];

/** One encoded thumbnail. */
export interface Thumbnail {
  readonly variant: Variant;
  readonly bytes: Uint8Array;
  readonly contentType: string;
  /** px; of one frame where it is animated */
  readonly width: number;
  readonly height: number;
}

/** A source that became thumbnails: each variant is among `thumbnails`, in the variants' order, or among `rejections`. */
export interface Rendered {
  readonly kind: 'rendered';
  /** Size of the source as it is meant to be seen (after orientation), in px. */
  readonly width: number;
  readonly height: number;
  /** What the bytes are (`jpeg`, `png`, `heic`, `raw`, …; the words of sniff.ts). */
  readonly format: string;
  readonly decoder: Decoder;
  /** Whether the pixels are incomplete or suspect because the source is broken. */
  readonly damaged: boolean;
  /** A placeholder of the whole picture of some 25 bytes, in base64. https://evanw.github.io/thumbhash/ */
  readonly thumbhash: string;
  /** At least one. */
  readonly thumbnails: readonly Thumbnail[];
  readonly rejections: readonly VariantRejection[];
}

/** Why a source cannot become thumbnails; a later try would end the same. */
export const REASONS = [
  'unsupported',
  'damaged',
  'too large',
  'empty',
  'took too long',
  'key too long',
  'key taken',
] as const;
export type Reason = (typeof REASONS)[number];

export interface Rejected {
  readonly kind: 'rejected';
  readonly reason: Reason;
  /** The same in a plain sentence for people, with the values that led to it. */
  readonly detail: string;
}

/** Why one variant of a source cannot become a thumbnail, where others may. */
export interface VariantRejection {
  readonly variant: Variant;
  readonly reason: Reason;
  readonly detail: string;
}

export type Rendering = Rendered | Rejected;

export function rejected(reason: Reason, detail: string): Rejected {
  return { kind: 'rejected', reason, detail };
}
