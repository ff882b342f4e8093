import type { Limits } from './limits';
import type { Gamut, Variant } from './variant';

/** The function's configuration. Validated at synth (lib/config), and not again here. */
export interface Settings {
  readonly variants: readonly Variant[];
  /** What sources' keys end in, in lower case and without the dot. @default every key is watched */
  readonly extensions?: readonly string[];
  readonly limits: Limits;
  /** Whether the layer with ImageMagick is there, for what sharp does not read. */
  readonly otherFormats: boolean;
  readonly gamut: Gamut;
  /** Whether Artist and Copyright go into the thumbnails. */
  readonly keepCopyright: boolean;
}

/** The function's environment: the construct writes these names, the handler alone reads them. */
export const ENVIRONMENT = {
  /** {@link Settings} as JSON. */
  settings: 'MINIATURAS_SETTINGS',
  /** Name of the bucket whose objects are sources. */
  bucket: 'BUCKET',
  /** Where rejected sources are kept with their reason. */
  deadLetterQueueUrl: 'DEAD_LETTER_QUEUE_URL',
} as const;
