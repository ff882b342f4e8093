import type { Variant } from './variant';

/** S3's limit for a key, in UTF-8 bytes. https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
export const MAX_KEY_BYTES = 1024;

/** In the metadata of each thumbnail: the ETag of its source. An object without it is no thumbnail of ours. */
export const SOURCE_ETAG = 'source-etag';

/** The key of the thumbnail that a variant makes of a source. */
export function thumbnailKey(variant: Pick<Variant, 'prefix' | 'suffix'>, sourceKey: string): string {
  return `${variant.prefix}${sourceKey}${variant.suffix}`;
}

/** Whether a key lies where thumbnails do. Such a key is never a source: that is what makes a loop impossible. */
export function isThumbnailKey(key: string, variants: readonly Pick<Variant, 'prefix'>[]): boolean {
  return variants.some(({ prefix }) => key.startsWith(prefix));
}

/** A key as S3 writes it in an event: form-encoded, so `+` is a space and `%2B` a plus. */
export function decodeEventKey(encoded: string): string {
  return decodeURIComponent(encoded.replaceAll('+', ' '));
}

/** The inverse of {@link decodeEventKey}. */
export function encodeEventKey(key: string): string {
  return encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');
}
