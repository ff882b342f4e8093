import { thumbnailKey } from '../../lambda/thumbnail/model/keys';
import type { Variant } from '../../lambda/thumbnail/model/variant';
import type { DroppedFile } from './files';

/** A file that is dropped, and what is known of it so far. */
export interface Source extends DroppedFile {
  /** The recipes of its thumbnails. */
  readonly variants: readonly Variant[];
  /** Its copies of thumbnails, by the thumbnail's key. */
  readonly copies: Map<string, Copy>;
  /** Set once it is in the bucket. */
  uploaded?: { readonly etag: string; readonly since: number };
  /** Why it lacks a thumbnail: it could not be uploaded, or is in the dead-letter queue. */
  failure?: string;
}

/** A thumbnail that was copied to this machine. */
export interface Copy {
  readonly path: string;
  /** px */
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  /** From the upload of the source to the thumbnail's writing. */
  readonly ms: number;
}

/** Its variants with their thumbnails' keys. */
export function thumbnailsOf({
  key,
  variants,
}: Source): { readonly key: string; readonly variant: Variant }[] {
  return variants.map(variant => ({ key: thumbnailKey(variant, key), variant }));
}

/** Whether it has all its thumbnails. */
export function isComplete({ copies, variants }: Source): boolean {
  return copies.size === variants.length;
}
