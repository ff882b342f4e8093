import type { z } from 'zod';
import { type Limits, limitsFor } from '../../lambda/thumbnail/limits';
import type { Settings } from '../../lambda/thumbnail/settings';
import type { configSchema } from './schema';

/** What sharp reads, */
const COMMON_EXTENSIONS = ['jpg', 'jpeg', 'jpe', 'jfif', 'png', 'webp', 'gif', 'tif', 'tiff', 'avif', 'svg'];

/** and what ImageMagick reads besides. */
const OTHER_EXTENSIONS = [
  ...[
    'heic',
    'heif',
    'hif',
    'bmp',
    'dib',
    'ico',
    'cur',
    'psd',
    'psb',
    'jp2',
    'j2k',
    'jpf',
    'jpx',
    'jxl',
    'tga',
    'qoi',
  ],
  ...['dng', 'cr2', 'cr3', 'nef', 'nrw', 'arw', 'orf', 'rw2', 'raf', 'pef', 'srw'],
];

type Given = z.infer<typeof configSchema>;

/** The app's settings, complete. */
export interface Config extends Omit<Given, 'extensions' | 'limits'> {
  readonly extensions: readonly string[];
  readonly limits: Limits;
}

/** Fills in what follows from other settings where it was not given. */
export function complete(given: Given): Config {
  const { otherFormats, memoryMiB, timeoutSeconds } = given;
  return {
    ...given,
    extensions: given.extensions ?? [...COMMON_EXTENSIONS, ...(otherFormats ? OTHER_EXTENSIONS : [])],
    limits: { ...limitsFor(memoryMiB, timeoutSeconds), ...given.limits },
  };
}

/** What the function gets to know of the configuration. */
export function settingsOf({ variants, limits, otherFormats, gamut, keepCopyright }: Config): Settings {
  return { variants, limits, otherFormats, gamut, keepCopyright };
}
