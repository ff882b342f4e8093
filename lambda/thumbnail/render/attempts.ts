import { type Limits, maxWholePixels } from '../limits';
import type { Gamut, Variant } from '../variant';
import { readCopyright } from './copyright';
import { decodeWithMagick } from './decode-magick';
import { decodeWithSharp } from './decode-sharp';
import type { Header } from './header';
import { readHeader } from './header';
import type { Size } from './header-size';
import type { Decoded } from './make-thumbnails';
import { withOrientation } from './orient-jpeg';
import { tookTooLong, tooManyPixels } from './over-limit';
import { largestReduced } from './plan';
import { rawPreview } from './raw-preview';
import type { Decoder, Rejected } from './rendering';

/** A source and its header. */
export interface Picture {
  readonly source: Uint8Array;
  readonly header: Header;
}

interface Options {
  readonly limits: Limits;
  readonly otherFormats: boolean;
  readonly gamut: Gamut;
  readonly keepCopyright: boolean;
}

export type Attempt = () => Promise<(Decoded & { readonly decoder: Decoder }) | Rejected>;

/** The ways to decode a picture, the best first: each throws where the next one may do better. */
export function attempts(picture: Picture, variants: readonly Variant[], options: Options): Attempt[] {
  const { kind, metadata } = picture.header;
  const bySharp = (tolerant: boolean) => () => decodePicture(picture, variants, { ...options, tolerant });
  const byPreview = (anySize: boolean) => () => decodePreview(picture, variants, { ...options, anySize });
  const byMagick = () => decodeOther(picture, kind.magick ?? '', { variants, options });
  return [
    ...(kind.format === 'raw' ? [byPreview(false)] : []),
    ...(metadata !== undefined ? [bySharp(false), bySharp(true)] : []),
    ...(kind.magick !== undefined && options.otherFormats ? [byMagick] : []),
    ...(kind.format === 'raw' ? [byPreview(true)] : []),
  ];
}

async function decodePicture(
  { source, header }: Picture,
  variants: readonly Variant[],
  { limits, gamut, keepCopyright, tolerant }: Options & { tolerant: boolean },
): Promise<Decoded & { readonly decoder: Decoder }> {
  const { metadata } = header;
  if (metadata === undefined) throw new Error(header.error ?? 'no picture in it');
  const whole = metadata.autoOrient;
  const bounds = { maxPixels: limits.megapixels * 1e6, seconds: limits.seconds };
  const target = largestReduced(whole, variants);
  const decoding = { metadata, target, gamut, tolerant, maxWholePixels: maxWholePixels(limits), ...bounds };
  const frame = await decodeWithSharp(header.svg?.text ?? source, decoding);
  const copyright = keepCopyright ? readCopyright(metadata.exif) : {};
  const decoder = tolerant ? 'sharp tolerant' : 'sharp';
  return { source, header, frame, whole, damaged: tolerant, copyright, decoder, ...bounds };
}

/** By ImageMagick, then by sharp from the TIFF that it makes. */
async function decodeOther(
  { source, header }: Picture,
  format: string,
  { variants, options }: { variants: readonly Variant[]; options: Options },
): Promise<(Decoded & { readonly decoder: Decoder }) | Rejected> {
  const { limits } = options;
  const answer = await decodeWithMagick(
    {
      source,
      format,
      maxPixels: limits.megapixels * 1e6,
      maxBytes: limits.memoryMiB * 2 ** 20,
      maxSeconds: limits.seconds,
    },
    limits.seconds * 1000,
  );
  if (answer.kind === 'took too long') return tookTooLong(limits);
  if (answer.kind === 'too large') return tooManyPixels(answer, limits);
  // ImageMagick goes on with the name of no file, and of its own source and line.
  if (answer.kind === 'failed') throw new Error(answer.message.split(/ *[`'@]/)[0]);
  const rewritten: Picture = { source: answer.tiff, header: await readHeader(answer.tiff) };
  const decoded = await decodePicture(rewritten, variants, { ...options, tolerant: true });
  return { ...decoded, source, header, damaged: answer.warnings > 0, decoder: 'magick' };
}

/** From the JPEG that a camera put beside its sensor values. */
async function decodePreview(
  { source, header }: Picture,
  variants: readonly Variant[],
  options: Options & { readonly anySize: boolean },
): Promise<Decoded & { readonly decoder: Decoder }> {
  const preview = rawPreview(source);
  if (preview === undefined) throw new Error('it holds no preview');
  const first = await readHeader(preview.jpeg);
  const jpeg =
    first.metadata?.orientation === undefined
      ? withOrientation(preview.jpeg, preview.orientation)
      : preview.jpeg;
  const decoded = await decodePicture({ source: jpeg, header: await readHeader(jpeg) }, variants, {
    ...options,
    tolerant: false,
  });
  const needed = largestReduced(header.size ?? decoded.whole, variants);
  const longest = ({ width, height }: Size) => Math.max(width, height);
  if (options.otherFormats && longest(decoded.whole) < longest(needed))
    throw new Error('its preview is too small');
  return { ...decoded, source, header };
}
