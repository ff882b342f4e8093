import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, NoSuchKey } from '@aws-sdk/client-s3';
import sharp from 'sharp';
import { decodeEventKey, SOURCE_ETAG } from '../../lambda/thumbnail/model/keys';
import type { Variant } from '../../lambda/thumbnail/model/variant';
import { inParallel } from '../in-parallel';
import type { Target } from '../target';
import { type Source, thumbnailsOf } from './source';

const DOWNLOADS = 8;

/** File name extensions of what sharp calls a format; the first is the one that is given. */
const EXTENSIONS: Readonly<Record<string, readonly string[]>> = {
  jpeg: ['.jpg', '.jpeg', '.jpe', '.jfif'],
  png: ['.png'],
  webp: ['.webp'],
  gif: ['.gif'],
  heif: ['.avif'],
};

interface Wanted {
  readonly key: string;
  readonly source: Source;
  readonly variant: Variant;
}

/**
 * Copies thumbnails to this machine as they appear in the bucket.
 *
 * @param options.out the folder; below it a thumbnail lies as in the bucket, without the prefix where there is one variant
 * @returns copies those that are new since the last call, and are of this drop; how many
 */
export function createCopier(options: {
  readonly sources: readonly Source[];
  readonly variants: readonly Variant[];
  readonly target: Target;
  readonly out: string;
}): () => Promise<number> {
  const { sources, variants, target, out } = options;
  const all: readonly Wanted[] = sources.flatMap(source =>
    thumbnailsOf(source).map(({ key, variant }) => ({ key, variant, source })),
  );
  const pathOf = ({ key, variant }: Wanted) =>
    join(out, variants.length === 1 ? key.slice(variant.prefix.length) : key);
  const paths = new Set(all.map(pathOf));

  return async () => {
    let copied = 0;
    const wanted = all.filter(({ key, source }) => source.uploaded && !source.copies.has(key));
    const written = await lastWritten(wanted, target);
    // An older thumbnail may be of the same bytes and of another configuration.
    const isNew = ({ key, source }: Wanted) =>
      (written.get(key) ?? 0) >= (source.uploaded?.since ?? Infinity);
    await inParallel(wanted.filter(isNew), { atOnce: DOWNLOADS }, async one => {
      const { key, source } = one;
      const bytes = await download(one, target);
      if (!bytes) return;
      const { format, width, height } = await sharp(bytes).metadata();
      const path = named(pathOf(one), format);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
      const ms = (written.get(key) ?? 0) - (source.uploaded?.since ?? 0);
      source.copies.set(key, { path, width, height, bytes: bytes.byteLength, ms });
      copied++;
    });
    return copied;
  };

  /** With the extension of what it is, unless another thumbnail has that name. */
  function named(path: string, format: string): string {
    const known = EXTENSIONS[format] ?? [];
    if (known.includes(extname(path).toLowerCase())) return path;
    const longer = `${path}${known[0] ?? ''}`;
    return paths.has(longer) ? path : longer;
  }
}

/** When thumbnails were last written, by their keys; in ms since 1970. */
async function lastWritten(
  wanted: readonly Wanted[],
  { s3, bucket }: Target,
): Promise<ReadonlyMap<string, number>> {
  const written = new Map<string, number>();
  for (const prefix of new Set(wanted.map(({ variant }) => variant.prefix))) {
    const keys = wanted.filter(({ variant }) => variant.prefix === prefix).map(({ key }) => key);
    let ContinuationToken: string | undefined;
    do {
      const page = await s3.send(
        // Encoded, as XML does not take every character that a key may have.
        new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: commonPrefix(keys),
          EncodingType: 'url',
          ContinuationToken,
        }),
      );
      for (const { Key = '', LastModified } of page.Contents ?? [])
        written.set(decodeEventKey(Key), LastModified?.getTime() ?? 0);
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
  }
  return written;
}

/** The longest beginning that all the texts have. */
function commonPrefix(texts: readonly string[]): string {
  const [first = '', ...others] = texts;
  let length = first.length;
  for (const other of others) while (!other.startsWith(first.slice(0, length))) length--;
  // Not half of a character.
  return first.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
}

/** A thumbnail's bytes, if it is of the bytes that were uploaded. */
async function download({ key, source }: Wanted, { s3, bucket }: Target): Promise<Uint8Array | undefined> {
  try {
    const { Body, Metadata } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    const bytes = await Body?.transformToByteArray();
    return Metadata?.[SOURCE_ETAG] === source.uploaded?.etag ? bytes : undefined;
  } catch (error) {
    // It was removed since.
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}
