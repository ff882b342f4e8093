import type { SourceRef } from './model/events';
import { FOCUS, focusOf } from './model/focus';
import { MAX_KEY_BYTES, SOURCE_ETAG, thumbnailKey } from './model/keys';
import type { Limits } from './model/limits';
import type { Outcome, SourceReport, ThumbnailReport } from './model/outcome';
import type { Reason, Rendered, Rendering, Thumbnail, VariantRejection } from './model/rendering';
import type { Variant } from './model/variant';
import { tooManyBytes } from './render/admit/over-limit';
import type { Source, Store } from './store';
import { removeThumbnail, writeThumbnail } from './thumbnail-objects';

export interface ApplyDeps {
  /** Those that are for the source, at least one. */
  readonly variants: readonly Variant[];
  readonly limits: Limits;
  readonly store: Store;
  readonly render: (source: ReadSource, variants: readonly Variant[]) => Promise<Rendering>;
}

/** A source whose bytes are in memory. */
export type ReadSource = Source & { readonly bytes: Uint8Array };

/** Writes the thumbnails of a source that can have some, and removes all others. */
export async function apply(source: Source | undefined, ref: SourceRef, deps: ApplyDeps): Promise<Outcome> {
  if (source === undefined) {
    await removeThumbnails(deps.variants, ref, deps);
    return { outcome: 'removed' };
  }
  const tooLong = deps.variants.flatMap(variant => keyTooLong(ref, variant) ?? []);
  const variants = deps.variants.filter(variant => !tooLong.some(rejection => rejection.variant === variant));
  const rendering = variants.length > 0 ? await renderingOf(source, variants, deps) : undefined;
  if (rendering?.kind === 'rejected') {
    await removeThumbnails(deps.variants, ref, deps);
    return { outcome: 'rejected', reason: rendering.reason, detail: rendering.detail };
  }
  const { written = [], taken = [] } = rendering
    ? await writeThumbnails(rendering, source, { ref, deps })
    : {};
  const rejections = [...tooLong, ...(rendering?.rejections ?? []), ...taken];
  const rejected = rejections.map(({ variant }) => variant);
  await removeThumbnails(rejected, ref, deps);
  const thumbnails = written.map(thumbnail => reportOf(thumbnail, ref));
  if (rendering !== undefined && rejections.length === 0) {
    return { outcome: 'created', source: sourceReport(rendering, source), thumbnails };
  }
  return { outcome: 'rejected', ...summaryOf(rejections, deps.variants), thumbnails };
}

async function renderingOf(
  { bytes, ...source }: Source,
  variants: readonly Variant[],
  { limits, render }: ApplyDeps,
): Promise<Rendering> {
  return bytes === undefined ? tooManyBytes(source.size, limits) : render({ ...source, bytes }, variants);
}

/** @returns the thumbnails that are there now, and those whose keys are somebody else's */
async function writeThumbnails(
  { width, height, thumbhash, damaged, thumbnails }: Rendered,
  { etag }: Source,
  { ref, deps }: { readonly ref: SourceRef; readonly deps: ApplyDeps },
): Promise<{ written: Thumbnail[]; taken: VariantRejection[] }> {
  const metadata = {
    [SOURCE_ETAG]: etag,
    'source-width': `${width}`,
    'source-height': `${height}`,
    thumbhash,
    ...(damaged && { damaged: 'true' }),
  };
  const results = await Promise.all(
    thumbnails.map(async thumbnail => {
      const { variant, bytes, contentType } = thumbnail;
      const object = { ...ref, key: thumbnailKey(variant, ref.key) };
      const { cacheControl } = variant;
      const isWritten = await writeThumbnail(deps.store, object, {
        bytes,
        contentType,
        cacheControl,
        metadata,
      });
      return { thumbnail, isWritten };
    }),
  );
  return {
    written: results.flatMap(({ thumbnail, isWritten }) => (isWritten ? [thumbnail] : [])),
    taken: results.flatMap(({ thumbnail, isWritten }) =>
      isWritten ? [] : [keyTaken(ref, thumbnail.variant)],
    ),
  };
}

async function removeThumbnails(
  variants: readonly Variant[],
  ref: SourceRef,
  { store }: ApplyDeps,
): Promise<void> {
  const keys = variants.map(variant => thumbnailKey(variant, ref.key));
  const possible = keys.filter(key => Buffer.byteLength(key) <= MAX_KEY_BYTES);
  await Promise.all(possible.map(key => removeThumbnail(store, { ...ref, key })));
}

function sourceReport(
  { width, height, format, decoder, damaged }: Rendered,
  { size, metadata }: Source,
): SourceReport {
  const isOdd = metadata[FOCUS] !== undefined && focusOf(metadata) === undefined;
  return { bytes: size, format, width, height, decoder, damaged, ...(isOdd && { focus: 'not understood' }) };
}

function reportOf({ variant, bytes, width, height }: Thumbnail, { key }: SourceRef): ThumbnailReport {
  return { key: thumbnailKey(variant, key), bytes: bytes.byteLength, width, height };
}

/** The first reason, and the sentences of all; with several variants, each behind the prefix that it is about. */
function summaryOf(
  rejections: readonly VariantRejection[],
  variants: readonly Variant[],
): { reason: Reason; detail: string } {
  const sentence = ({ variant, detail }: VariantRejection) =>
    variants.length > 1 ? `${variant.prefix}: ${detail}` : detail;
  return { reason: rejections[0]?.reason ?? 'damaged', detail: rejections.map(sentence).join(' ') };
}

function keyTooLong({ key }: SourceRef, variant: Variant): VariantRejection | undefined {
  const bytes = Buffer.byteLength(thumbnailKey(variant, key));
  if (bytes <= MAX_KEY_BYTES) return undefined;
  const detail = `The thumbnail's key would have ${bytes} bytes; S3 takes ${MAX_KEY_BYTES}. Shorten the source's key.`;
  return { variant, reason: 'key too long', detail };
}

function keyTaken({ key }: SourceRef, variant: Variant): VariantRejection {
  const detail =
    `The object ${thumbnailKey(variant, key)} is no thumbnail of ours (it has no ${SOURCE_ETAG} in its metadata) and stays ` +
    'as it is. Move it elsewhere, then send this failure back.';
  return { variant, reason: 'key taken', detail };
}
