import { type Limits, maxWholePixels } from '../../model/limits';
import type { Decoder, Rejected } from '../../model/rendering';
import type { Size } from '../../model/size';
import type { Gamut, Variant } from '../../model/variant';
import { mostMagickPixels } from '../admit/memory';
import { outOfMemory, tookTooLong, tooLargeForMagick } from '../admit/over-limit';
import { readCopyright } from '../read/copyright';
import type { Header } from '../read/header';
import { readHeader } from '../read/header';
import { withoutAppended } from '../read/heif-end';
import { gridOrientation, isHevc, shownSize } from '../read/heif-shape';
import { ownThumbnail } from '../read/heif-thumbnail';
import { type IconPicture, picturesOfIcon } from '../read/icon';
import { laterScans } from '../read/jpeg-scans';
import { withOrientation } from '../read/orient-jpeg';
import { psdData } from '../read/psd-data';
import { rawPreview } from '../read/raw-preview';
import { firstNumber, readIfds, TAG } from '../read/tiff';
import { Undecodable } from '../read/undecodable';
import { heicReduction } from '../scale/heic-reduction';
import { largestReduced } from '../scale/plan';
import { decodeBmp, decodeIconBitmap } from './decode-bmp';
import { decodeGif } from './decode-gif';
import { decodeHeic } from './decode-heic';
import { decodeWithMagick } from './decode-magick';
import { decodeWithSharp } from './decode-sharp';
import type { Decoded } from './decoded';
import { delivers, isFill } from './delivers';
import type { MagickAnswer, Raster } from './magick-job';
import { asTiff } from './raster-tiff';
import { repairPng } from './repair-png';
import { isTooShort } from './too-short';

/** A source and its header. */
export interface Picture {
  readonly source: Uint8Array;
  readonly header: Header;
}

interface Options {
  readonly limits: Limits;
  /** When the source's time is up, in performance.now()'s ms. */
  readonly deadline: number;
  readonly otherFormats: boolean;
  readonly gamut: Gamut;
  readonly keepCopyright: boolean;
}

export type Attempt = () => Promise<Decoded | Rejected>;

/** What we decode ourselves, because ImageMagick refuses much of it that browsers show. */
const OWN_FORMATS = ['bmp', 'ico', 'cur'];

/** The ways to decode a picture, the best first: each throws Undecodable where the next one may do better. */
export function attempts(picture: Picture, variants: readonly Variant[], options: Options): Attempt[] {
  const { kind, metadata, heif } = picture.header;
  const bySharp = (tolerant: boolean) => () => decodePicture(picture, variants, { ...options, tolerant });
  const byPreview = (anySize: boolean) => () => decodePreview(picture, variants, { ...options, anySize });
  const byOurselves = () => decodeOwn(picture, variants, options);
  const byFirstScans = () => decodeFirstScans(picture, variants, options);
  const byRepair = () => decodeRepaired(picture, variants, options);
  const isStillGif =
    kind.format === 'gif' && !(picture.header.frames > 1 && variants.some(({ animated }) => animated));
  const byOwnThumbnail = () => decodeOwnThumbnail(picture, variants, options);
  const byMagick = () => decodeOther(picture, kind.magick ?? '', { variants, options });
  const byHeif = () => decodeHevc(picture, variants, options);
  const byOther = heif !== undefined && isHevc(heif) ? byHeif : byMagick;
  return [
    ...(heif?.thumbnails.length && (kind.sharp || options.otherFormats) ? [byOwnThumbnail] : []),
    ...(kind.format === 'raw' ? [byPreview(false)] : []),
    ...(metadata !== undefined && !isOldJpeg(picture) ? [bySharp(false)] : []),
    ...(kind.format === 'png' ? [byRepair] : []),
    ...(metadata !== undefined && !isOldJpeg(picture) && !isStillGif ? [bySharp(true)] : []),
    ...(kind.format === 'gif' ? [byRepair] : []),
    ...(kind.format === 'jpeg' && picture.header.progressive ? [byFirstScans] : []),
    ...(OWN_FORMATS.includes(kind.format) && options.otherFormats ? [byOurselves] : []),
    ...(kind.magick !== undefined && options.otherFormats ? [byOther] : []),
    ...(kind.format === 'raw' ? [byPreview(true)] : []),
  ];
}

/** Of the rows of a PNG that is written anew: 8 to 11 megapixels. They are in memory three times, of which one is in the estimate. */
const MAX_REPAIRED_BYTES = 2 ** 25;

/** Encoders write 10 or so; each that is tried takes as long as the picture. */
const MAX_SCANS = 12;

const OLD_STYLE_JPEG = 6;

/** sharp's libtiff is built without this coding, for which it gives black without an error. ImageMagick's has it. */
function isOldJpeg({ source, header }: Picture): boolean {
  return (
    header.kind.format === 'tiff' && firstNumber(readIfds(source)[0], TAG.compression) === OLD_STYLE_JPEG
  );
}

async function decodePicture(
  { source, header }: Picture,
  variants: readonly Variant[],
  { limits, deadline, gamut, keepCopyright, tolerant }: Options & { tolerant: boolean },
): Promise<Decoded> {
  const { metadata } = header;
  if (metadata === undefined) throw new Undecodable(header.error ?? 'no picture in it');
  const whole = metadata.autoOrient;
  const bounds = { maxPixels: limits.megapixels * 1e6, seconds: secondsLeft(deadline) };
  const target = largestReduced(whole, variants);
  const decoding = { metadata, target, gamut, tolerant, maxWholePixels: maxWholePixels(limits), ...bounds };
  const frame = await decodeWithSharp(header.svg?.text ?? source, decoding);
  if (tolerant && isFill(frame) && !(await delivers(source, metadata)))
    throw new Undecodable('nothing of it decodes');
  const copyright = keepCopyright ? readCopyright(metadata.exif) : {};
  const decoder = tolerant ? 'sharp tolerant' : 'sharp';
  const damaged = tolerant || isTooShort(source, header);
  return { source, header, frame, whole, damaged, copyright, decoder, ...bounds };
}

/** sharp counts whole seconds. */
function secondsLeft(deadline: number): number {
  return Math.max(1, Math.ceil((deadline - performance.now()) / 1000));
}

/** By ImageMagick, then by sharp from the samples that it makes. */
async function decodeOther(
  { source, header }: Picture,
  format: string,
  { variants, options }: { variants: readonly Variant[]; options: Options },
): Promise<Decoded | Rejected> {
  const { limits, deadline } = options;
  const data = format === 'PSD' || format === 'PSB' ? psdData(source) : 'whole';
  if (data === 'nothing') throw new Undecodable('it ends before its picture');
  const answer = await decodeWithMagick(
    {
      source: format === 'HEIC' ? withoutAppended(source) : source,
      format,
      maxPixels: mostMagickPixels(header.kind.format, limits),
      maxBytes: limits.memoryMiB * 2 ** 20,
      maxSeconds: secondsLeft(deadline),
    },
    deadline - performance.now(),
  );
  if (answer.kind !== 'decoded') return verdictOf(answer, header, { variants, limits });
  return decodeRaster(
    { source, header },
    { raster: answer.raster, damaged: answer.warnings > 0 || data === 'part', decoder: 'magick' },
    { variants, options },
  );
}

/** @throws Undecodable */
function verdictOf(
  answer: Exclude<MagickAnswer, { kind: 'decoded' }>,
  header: Header,
  { variants, limits }: { variants: readonly Variant[]; limits: Limits },
): Rejected {
  // ImageMagick goes on with the name of no file, and of its own source and line.
  const words = 'message' in answer ? (answer.message.split(/\.? *[`'@\n]/)[0] ?? '') : '';
  if (answer.kind === 'took too long') return tookTooLong(limits);
  if (answer.kind === 'too large') return tooLargeForMagick(answer, header, { variants, limits });
  if (answer.kind === 'out of memory') return outOfMemory(words, header, limits);
  throw new Undecodable(words);
}

/** A HEIC by libheif, which reduces it where that is wanted, then by sharp from the samples that it makes. */
async function decodeHevc(
  { source, header }: Picture,
  variants: readonly Variant[],
  options: Options,
): Promise<Decoded | Rejected> {
  const { limits, deadline } = options;
  const shown = header.heif && shownSize(header.heif.picture);
  const answer = await decodeHeic(
    {
      source: withoutAppended(source),
      tileOrientation: header.heif && gridOrientation(header.heif),
      reduction: shown ? heicReduction(shown, largestReduced(shown, variants)) : 1,
      // The memory that it was let in with is for what its header says.
      maxPixels: header.size ? codedPixels(header.size) : limits.megapixels * 1e6,
      maxBytes: limits.memoryMiB * 2 ** 20,
    },
    deadline - performance.now(),
  );
  if (answer.kind !== 'decoded') return verdictOf(answer, header, { variants, limits });
  const { raster, whole, damaged } = answer;
  const decoded = await decodeRaster(
    { source, header },
    { raster, damaged, decoder: 'heif' },
    { variants, options },
  );
  return { ...decoded, whole: raster.orientation > 4 ? turned(whole) : whole };
}

/** HEVC codes whole blocks, of 64 px at most, and says then what of them to show. */
const BLOCK = 64;

function codedPixels({ width, height }: Size): number {
  return Math.ceil(width / BLOCK) * Math.ceil(height / BLOCK) * BLOCK ** 2;
}

function turned({ width, height }: Size): Size {
  return { width: height, height: width };
}

/** What share of the time that is left a thumbnail may take: the picture may have to be decoded after it. */
const THUMBNAIL_TIME = 1 / 4;

/** From the thumbnail that a HEIC or AVIF carries of its picture. */
async function decodeOwnThumbnail(
  { source, header }: Picture,
  variants: readonly Variant[],
  options: Options,
): Promise<Decoded> {
  const whole = header.heif && shownSize(header.heif.picture);
  const small = header.heif && whole && ownThumbnail(header.heif, largestReduced(whole, variants));
  if (whole === undefined || small === undefined) throw new Undecodable('it has no thumbnail of its own');
  const thumbnail = { source: small, header: await readHeader(small) };
  const now = performance.now();
  const within = { ...options, deadline: now + (options.deadline - now) * THUMBNAIL_TIME };
  const decoded =
    thumbnail.header.metadata === undefined
      ? await decodeHevc(thumbnail, variants, within)
      : await decodePicture(thumbnail, variants, { ...within, tolerant: false });
  if ('reason' in decoded || decoded.damaged || isFill(decoded.frame))
    throw new Undecodable('its own thumbnail is damaged');
  const copyright = options.keepCopyright ? readCopyright(header.metadata?.exif) : {};
  return { ...decoded, source, header, whole, copyright };
}

/** By ourselves: a BMP, or the best picture of an icon that decodes, which may be a PNG. */
async function decodeOwn(picture: Picture, variants: readonly Variant[], options: Options): Promise<Decoded> {
  const { source, header } = picture;
  if (header.kind.format === 'bmp')
    return decodeRaster(picture, { ...decodeBmp(source), decoder: 'own' }, { variants, options });
  let failure = new Undecodable('no picture in it');
  for (const icon of picturesOfIcon(source)) {
    try {
      return await decodeOfIcon(picture, icon, { variants, options });
    } catch (cause) {
      if (!(cause instanceof Undecodable)) throw cause;
      failure = cause;
    }
  }
  throw failure;
}

async function decodeOfIcon(
  { source, header }: Picture,
  { isPng, at }: IconPicture,
  { variants, options }: { variants: readonly Variant[]; options: Options },
): Promise<Decoded> {
  if (!isPng)
    return decodeRaster(
      { source, header },
      { ...decodeIconBitmap(source, at), decoder: 'own' },
      { variants, options },
    );
  const png = source.subarray(at);
  const picture = { source: png, header: await readHeader(png) };
  try {
    const decoded = await decodePicture(picture, variants, { ...options, tolerant: false });
    return { ...decoded, source, header, decoder: 'own' };
  } catch (cause) {
    if (!(cause instanceof Undecodable)) throw cause;
    return { ...(await decodeRepaired(picture, variants, options)), source, header, decoder: 'own' };
  }
}

/** What comes before the damage of a PNG or GIF, as a still picture. */
async function decodeRepaired(
  { source, header }: Picture,
  variants: readonly Variant[],
  options: Options,
): Promise<Decoded> {
  const original = { source, header: { ...header, frames: 1 } };
  if (header.kind.format === 'gif') {
    const raster = decodeGif(source, maxWholePixels(options.limits));
    return decodeRaster(original, { raster, damaged: true, decoder: 'own' }, { variants, options });
  }
  const png = await repairPng(source, MAX_REPAIRED_BYTES);
  const repaired = { source: png, header: await readHeader(png) };
  const decoded = await decodePicture(repaired, variants, { ...options, tolerant: false });
  return { ...decoded, ...original, damaged: true, decoder: 'own' };
}

/** As many scans of a progressive JPEG as decode: a picture that is whole, but coarse. */
async function decodeFirstScans(
  { source, header }: Picture,
  variants: readonly Variant[],
  options: Options,
): Promise<Decoded> {
  for (const end of laterScans(source).slice(-MAX_SCANS).reverse()) {
    try {
      const first = { source: source.subarray(0, end), header };
      return { ...(await decodePicture(first, variants, { ...options, tolerant: true })), source };
    } catch (cause) {
      if (!(cause instanceof Undecodable)) throw cause;
    }
  }
  throw new Undecodable('its first scan is damaged');
}

/** Colours and size of samples that another decoder made are sharp's work. */
async function decodeRaster(
  { source, header }: Picture,
  { raster, damaged, decoder }: { raster: Raster; damaged: boolean; decoder: Decoder },
  { variants, options }: { variants: readonly Variant[]; options: Options },
): Promise<Decoded> {
  const tiff = asTiff(raster);
  const rewritten: Picture = { source: tiff, header: await readHeader(tiff) };
  const decoded = await decodePicture(rewritten, variants, { ...options, tolerant: false });
  return { ...decoded, source, header, damaged, decoder };
}

/** From the JPEG that a camera put beside its sensor values. */
async function decodePreview(
  { source, header }: Picture,
  variants: readonly Variant[],
  options: Options & { readonly anySize: boolean },
): Promise<Decoded> {
  const preview = rawPreview(source);
  if (preview === undefined) throw new Undecodable('it holds no preview');
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
    throw new Undecodable('its preview is too small');
  return { ...decoded, source, header };
}
