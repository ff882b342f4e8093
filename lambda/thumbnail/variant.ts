/** How a thumbnail fills its box; the words are those of CSS `object-fit` as sharp uses them. */
export const FITS = ['inside', 'cover', 'contain', 'outside'] as const;
export type Fit = (typeof FITS)[number];

/** What a thumbnail can be encoded as. */
export const FORMATS = ['jpeg', 'png', 'webp', 'avif'] as const;
export type Format = (typeof FORMATS)[number];

/** The recipe of one thumbnail. Complete: defaults were filled in at synth. */
export interface Variant {
  /** Where its thumbnails live: `<prefix><source key><suffix>`. Ends with `/`. */
  readonly prefix: string;
  /** Put behind the source key; '' for none. */
  readonly suffix: string;
  /** The box in px; a thumbnail is never enlarged to fill it. */
  readonly width: number;
  readonly height: number;
  readonly fit: Fit;
  readonly format: Format;
  /** Encoder quality, 1 to 100. */
  readonly quality: number;
  /** `#rrggbb`: what shows through transparent pixels where the format has no alpha. */
  readonly background: string;
}
