import type { IMagickImage, MagickError, MagickFormat } from '@imagemagick/magick-wasm';

/** What the thread gets, and what it answers. */
export interface MagickJob {
  /** Absolute path of the package's CommonJS script. */
  readonly script: string;
  /** Its WebAssembly, compiled. */
  readonly module: object;
  readonly source: Uint8Array;
  /** ImageMagick's name of the one coder that may run. */
  readonly format: string;
  readonly maxPixels: number;
  readonly maxBytes: number;
  readonly maxSeconds: number;
}

/** What a decoder hands over: samples of 8 bits, row by row, pixel by pixel, and what they mean. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly colours: 'grey' | 'rgb' | 'cmyk';
  /** Whether a channel of opacity (not premultiplied) follows the colours. */
  readonly alpha: boolean;
  /** As in Exif: 1 to 8, or 0 where it is not told. */
  readonly orientation: number;
  readonly profile?: Uint8Array;
  readonly samples: Uint8Array;
}

export type MagickAnswer =
  | { readonly kind: 'decoded'; readonly raster: Raster; readonly warnings: number }
  | { readonly kind: 'too large'; readonly width: number; readonly height: number }
  /** It needs more memory than it may have, in ImageMagick's words. */
  | { readonly kind: 'out of memory'; readonly message: string }
  | { readonly kind: 'took too long' }
  /** The bytes cannot be decoded, in ImageMagick's words. */
  | { readonly kind: 'undecodable'; readonly message: string };

type Magick = typeof import('@imagemagick/magick-wasm');
type Refusal = Exclude<MagickAnswer, { kind: 'decoded' }>;

/**
 * Decodes an image to plain samples, with its orientation, profile and opacity kept, so that colour and size are sharp's work
 * whoever decoded. Blocks: run it in a thread.
 *
 * @throws whatever is not ImageMagick's word on the bytes
 */
export async function runMagickJob(magick: Magick, job: MagickJob): Promise<MagickAnswer> {
  await magick.initializeImageMagick(job.module as Parameters<Magick['initializeImageMagick']>[0]);
  limitResources(magick, job);
  const settings = new magick.MagickReadSettings({
    format: job.format as MagickFormat,
    frameIndex: 0,
    frameCount: 1,
  });
  try {
    const { width, height } = magick.MagickImageInfo.create(job.source, settings);
    if (width * height > job.maxPixels) return { kind: 'too large', width, height };
  } catch {
    // What cannot be pinged may still decode, within the limits above; a fault shows again there.
  }

  const image = magick.MagickImage.create();
  let warnings = 0;
  // Warnings are damage that ImageMagick went past; only errors leave no picture.
  image.onWarning = () => {
    warnings += 1;
  };
  let refusal: Refusal | undefined;
  try {
    image.read(job.source, settings);
  } catch (error) {
    refusal = refusalOf(magick, error);
  }
  const { width, height } = sizeOf(image);
  const isEmpty = width === 0 || height === 0;
  // An error after which some of the picture is there is damage; else there is none.
  if (refusal && (isEmpty || !mayBeDamage(refusal))) return refusal;
  if (isEmpty) return { kind: 'undecodable', message: 'no picture in it' };
  if (width * height > job.maxPixels) return { kind: 'too large', width, height };
  return { kind: 'decoded', raster: rasterOf(magick, image), warnings: warnings + (refusal ? 1 : 0) };
}

function limitResources({ ResourceLimits }: Magick, { maxPixels, maxBytes, maxSeconds }: MagickJob): void {
  // Beyond the area and the memory, ImageMagick would go on in a file; it has none here.
  ResourceLimits.disk = 0n;
  ResourceLimits.area = BigInt(maxPixels);
  ResourceLimits.memory = BigInt(maxBytes);
  ResourceLimits.maxMemoryRequest = BigInt(maxBytes);
  // A PSD's layers count even where only the flattened picture is read; their memory is limited as all memory is.
  ResourceLimits.listLength = 10_000n;
  ResourceLimits.time = BigInt(maxSeconds);
}

function sizeOf(image: IMagickImage): { width: number; height: number } {
  try {
    return { width: image.width, height: image.height };
  } catch {
    // Some coders (DICOM, DDS) end without a picture and without a word; magick-wasm then says that it "is disposed".
    return { width: 0, height: 0 };
  }
}

declare const WebAssembly: { Exception: new () => object };

const GAVE_UP = 'its decoder gave up';
/** As in "Memory allocation failed" and "MemoryAllocationFailed". */
const OUT_OF_MEMORY =
  /^(MemoryAllocationFailed|CacheResourcesExhausted|WidthOrHeightExceedsLimit|ImageSizeLimitExceeded)/i;

/**
 * What an error says of the bytes.
 *
 * @throws the error if it says nothing of them
 */
function refusalOf({ MagickErrorSeverity }: Magick, error: unknown): Refusal {
  // A decoder's own C++ exception, which no layer above it turned into words: LibRaw's on a file cut short.
  if (error instanceof WebAssembly.Exception || typeof (error as { excPtr?: unknown }).excPtr === 'number')
    return { kind: 'undecodable', message: GAVE_UP };
  const { severity = 0, message } = error as Partial<MagickError>;
  if (message === undefined) throw error;
  if (/^TimeLimitExceeded/.test(message)) return { kind: 'took too long' };
  if (OUT_OF_MEMORY.test(message.replace(/ /g, ''))) return { kind: 'out of memory', message };
  const aboutTheBytes: readonly number[] = [
    MagickErrorSeverity.ResourceLimitError,
    MagickErrorSeverity.TypeError,
    MagickErrorSeverity.OptionError,
    MagickErrorSeverity.DelegateError,
    MagickErrorSeverity.MissingDelegateError,
    MagickErrorSeverity.CorruptImageError,
    MagickErrorSeverity.BlobError,
    MagickErrorSeverity.StreamError,
    MagickErrorSeverity.CoderError,
    MagickErrorSeverity.ImageError,
  ];
  if (!aboutTheBytes.includes(severity)) throw error;
  return { kind: 'undecodable', message };
}

function mayBeDamage(refusal: Refusal): boolean {
  return refusal.kind === 'undecodable' && refusal.message !== GAVE_UP;
}

function rasterOf({ ColorSpace, MagickFormat }: Magick, image: IMagickImage): Raster {
  const { width, height } = image;
  // Whatever else (Lab, the linear light of OpenEXR, Radiance and FITS) has no samples that say by themselves what they are.
  const isGrey = image.colorSpace === ColorSpace.Gray;
  const isCmyk = image.colorSpace === ColorSpace.CMYK;
  const isKept = isGrey || isCmyk || image.colorSpace === ColorSpace.sRGB;
  // A copy at once: memory that grows detaches every view of it.
  const profile = isKept ? image.getProfile('icc')?.data.slice() : undefined;
  if (!isKept) image.colorSpace = ColorSpace.sRGB;
  // Setting it goes over all pixels.
  if (image.depth !== 8) image.depth = 8;
  const alpha = image.hasAlpha;
  const orientation = image.orientation;
  const [opaque, clear] = isGrey
    ? [MagickFormat.Gray, MagickFormat.Graya]
    : isCmyk
      ? [MagickFormat.Cmyk, MagickFormat.Cmyka]
      : [MagickFormat.Rgb, MagickFormat.Rgba];
  return {
    width,
    height,
    colours: isGrey ? 'grey' : isCmyk ? 'cmyk' : 'rgb',
    alpha,
    orientation,
    ...(profile && { profile }),
    samples: image.write(alpha ? clear : opaque, data => Uint8Array.from(data)),
  };
}
