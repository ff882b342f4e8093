import type { z } from 'zod';
import { type Limits, limitsFor } from '../../lambda/thumbnail/model/limits';
import type { Settings } from '../../lambda/thumbnail/model/settings';
import { MAGICK_EXTENSIONS, SHARP_EXTENSIONS } from './extensions';
import type { configSchema } from './schema';
import { type Endings, endingsOf } from './watch';

/** The app's settings as they are given, each complete by itself. */
export type Given = z.infer<typeof configSchema>;

/** The app's settings, complete. */
export interface Config extends Omit<Given, 'extensions' | 'limits'> {
  /** What is watched where `watch` says so. */
  readonly extensions: readonly string[];
  readonly limits: Limits;
  /** Settings that do nothing as they stand, in a sentence each. */
  readonly notes: readonly string[];
}

/** Fills in what follows from other settings where it was not given. */
export function complete(given: Given): Omit<Config, 'notes'> {
  const { otherFormats, memoryMiB, timeoutSeconds } = given;
  return {
    ...given,
    extensions: given.extensions ?? [...SHARP_EXTENSIONS, ...(otherFormats ? MAGICK_EXTENSIONS : [])],
    limits: { ...limitsFor(memoryMiB, timeoutSeconds), ...given.limits },
  };
}

/** What keys must end in for S3 to announce them; undefined where it announces all. */
export function watched({ watch, extensions }: Pick<Config, 'watch' | 'extensions'>): Endings | undefined {
  return watch === 'all' ? undefined : endingsOf(extensions);
}

/** What the function gets to know of the configuration. */
export function settingsOf(config: Omit<Config, 'notes'>): Settings {
  const { variants, limits, otherFormats, gamut, keepCopyright } = config;
  const extensions = config.watch === 'all' ? {} : { extensions: config.extensions };
  return { variants, ...extensions, limits, otherFormats, gamut, keepCopyright };
}
