import { isThumbnailKey } from './keys';
import type { SkipReason } from './outcome';
import type { Variant } from './variant';

/** What of the settings decides whether a key is a source. */
export interface Watching {
  /** All that there are. */
  readonly variants: readonly Variant[];
  /** What sources' keys end in, in lower case and without the dot. @default every key is watched */
  readonly extensions?: readonly string[];
}

/**
 * Why a key is no watched source, from the key alone; undefined if it is one. Whoever is to decide about a key asks here: the
 * function before its first call to S3, the commands before they upload or send anything.
 */
export function whyUnwatched(key: string, { variants, extensions }: Watching): SkipReason | undefined {
  return (
    whyNoSource(key, variants) ??
    (hasExtension(key, extensions) ? undefined : 'has an extension that is not watched')
  );
}

/**
 * Why a key can have no thumbnails, whatever is watched. For a source that is gone this alone counts: its thumbnails go too if
 * its extension is no longer watched.
 */
export function whyNoSource(key: string, variants: readonly Variant[]): SkipReason | undefined {
  if (isThumbnailKey(key, variants)) return 'lies where thumbnails do';
  if (isFolderMarker(key)) return 'is a folder marker';
  return variants.some(variant => isFor(key, variant)) ? undefined : 'is for no variant';
}

/** The variants that a source is for. */
export function variantsFor(key: string, variants: readonly Variant[]): readonly Variant[] {
  return variants.filter(variant => isFor(key, variant));
}

/** A variant is for all sources, or for those whose keys begin as `from` says, but not as `except` says. */
function isFor(key: string, { from = [''], except = [] }: Variant): boolean {
  const beginsWith = (beginning: string) => key.startsWith(beginning);
  return from.some(beginsWith) && !except.some(beginsWith);
}

/** Consoles and sync tools make "folders" as empty objects whose key ends with a slash. */
function isFolderMarker(key: string): boolean {
  return key.endsWith('/');
}

function hasExtension(key: string, extensions: readonly string[] | undefined): boolean {
  const name = key.toLowerCase();
  return extensions === undefined || extensions.some(extension => name.endsWith(`.${extension}`));
}
