import type { Settings } from './settings';

/** What of the settings a thumbnail's bytes, metadata and place depend on. */
export type Recipe = Pick<Settings, 'variants' | 'gamut' | 'keepCopyright'>;

export function recipeOf({ variants, gamut, keepCopyright }: Settings): Recipe {
  return { variants, gamut, keepCopyright };
}
