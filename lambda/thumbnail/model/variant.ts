/** How a thumbnail fills its box; the words are those of CSS `object-fit` as sharp uses them. */
export const FITS = ['inside', 'cover', 'contain', 'outside'] as const;
export type Fit = (typeof FITS)[number];

/** Which part `cover` keeps, and where `contain` puts the picture: a side, a corner, or what draws the eye. */
export const POSITIONS = [
  'centre',
  'top',
  'right top',
  'right',
  'right bottom',
  'bottom',
  'left bottom',
  'left',
  'left top',
  'attention',
  'entropy',
] as const;
export type Position = (typeof POSITIONS)[number];

/** What a thumbnail can be encoded as; `source` keeps the source's format where browsers show it. */
export const FORMATS = ['jpeg', 'png', 'webp', 'avif', 'source'] as const;
export type Format = (typeof FORMATS)[number];

/** Colours of a thumbnail: sRGB for every screen, or Display P3 where the source has more than sRGB. */
export const GAMUTS = ['srgb', 'p3'] as const;
export type Gamut = (typeof GAMUTS)[number];

/** The recipe of one thumbnail. Complete: defaults were filled in at synth. */
export interface Variant {
  /** Where its thumbnails live: `<prefix><source key><suffix>`. Ends with `/`. */
  readonly prefix: string;
  /** Put behind the source key; '' for none. */
  readonly suffix: string;
  /** The box in px, at least one side of it. Where the other is missing it follows from the picture. */
  readonly width?: number;
  readonly height?: number;
  /** Whether a picture that is smaller than the box is enlarged to fill it; never an animation that stays one. @default false */
  readonly enlarge?: boolean;
  readonly fit: Fit;
  readonly position: Position;
  readonly format: Format;
  /** Encoder quality, 1 to 100. @default the measured one of the format (render/encode/encode.ts) */
  readonly quality?: number;
  /** Encoder effort: 0 to 9 for PNG, 0 to 6 for WebP, 0 to 9 for AVIF. @default the measured one of the format */
  readonly effort?: number;
  /** `#rrggbb`: what shows through transparent pixels where the format has no alpha, and beside a contained picture. */
  readonly background: string;
  /** Whether an animation stays one, where source and thumbnail are GIF or WebP; its first frame otherwise. */
  readonly animated: boolean;
  /** Cache-Control of its thumbnails. */
  readonly cacheControl?: string;
  /** Beginnings of the keys of the sources that it is for. @default all sources */
  readonly from?: readonly string[];
  /** Beginnings of the keys of sources that it is not for, even where `from` names them. @default none */
  readonly except?: readonly string[];
}
