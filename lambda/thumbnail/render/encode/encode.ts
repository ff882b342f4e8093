import type sharp from 'sharp';
import type { Point } from '../../model/focus';
import type { Size } from '../../model/size';
import type { Variant } from '../../model/variant';
import type { Copyright } from '../read/copyright';
import { type Frame, fromFrame } from '../scale/frame';
import { boxAround } from '../scale/plan';

/** What a thumbnail is in the end. GIF only comes from `source`. */
export type Encoding = 'jpeg' | 'png' | 'webp' | 'avif' | 'gif';

/**
 * Quality and effort where a variant names none. JPEG's quality is the highest tried that stays below 0.9 of the bytes of
 * Pillow's defaults over 14 camera photos at 200 px (npm run bench -- quality: 0.83, SSIMULACRA2 58.5 against 46.5). WebP's and AVIF's
 * are the highest of a coarse scan that need no more bytes than Pillow's JPEG; they score less than our JPEG (55.7 and 54.0),
 * because both halve the colours' resolution. AVIF's effort is for time, PNG's was not measured.
 */
export const DEFAULTS = {
  jpeg: { quality: 58, effort: 0 },
  png: { quality: 100, effort: 7 },
  webp: { quality: 80, effort: 4 },
  avif: { quality: 60, effort: 2 },
  gif: { quality: 100, effort: 7 },
} as const satisfies Record<Encoding, { quality: number; effort: number }>;

/** Which encoding a variant means for a source; `source` falls back to what every browser shows. */
export function encodingOf(
  variant: Pick<Variant, 'format'>,
  sourceFormat: string,
  hasAlpha: boolean,
): Encoding {
  if (variant.format !== 'source') return variant.format;
  if (sourceFormat === 'jpeg' || sourceFormat === 'png' || sourceFormat === 'webp' || sourceFormat === 'avif')
    return sourceFormat;
  if (sourceFormat === 'gif') return 'gif';
  return hasAlpha ? 'png' : 'jpeg';
}

interface EncodeOptions {
  readonly encoding: Encoding;
  /** @default the variant's */
  readonly quality?: number;
  /** The only metadata that it may carry. */
  readonly copyright: Copyright;
  /** What `cover` is to keep. */
  readonly focus: Point | undefined;
}

/**
 * Cuts or pads a frame that already has a variant's scale, and encodes it.
 *
 * @param frame made by `resizeFrame` to the variant's `reducedSize`
 */
export async function encode(
  frame: Frame,
  variant: Variant,
  { encoding, quality, copyright, focus }: EncodeOptions,
): Promise<{ bytes: Buffer; width: number; height: number }> {
  const pipeline = shape(fromFrame(frame), frame, { ...variant, focus });
  if (encoding === 'jpeg') pipeline.flatten({ background: variant.background });
  if (frame.gamut === 'p3') pipeline.pipelineColourspace('rgb16').withIccProfile('p3');
  if (copyright.artist !== undefined || copyright.copyright !== undefined) {
    pipeline.withExif({
      IFD0: {
        ...(copyright.artist !== undefined && { Artist: copyright.artist }),
        ...(copyright.copyright !== undefined && { Copyright: copyright.copyright }),
      },
    });
  }
  const { data, info } = await format(pipeline, encoding, {
    quality: quality ?? variant.quality ?? DEFAULTS[encoding].quality,
    effort: variant.effort ?? DEFAULTS[encoding].effort,
  }).toBuffer({ resolveWithObject: true });
  return { bytes: data, width: info.width, height: info.height };
}

/**
 * The longest side that an encoding takes, in px: sharp (`AssertImageTypeDimensions` in its pipeline.cc) or, of JPEG, its encoder
 * refuses more. PNG's is out of reach.
 */
const MAX_SIDE: Readonly<Partial<Record<Encoding, number>>> = {
  jpeg: 65_500,
  webp: 16_383,
  gif: 65_535,
  avif: 16_384,
};

/** Why a picture of that size cannot be encoded, in a sentence; undefined where it can. */
export function tooLongFor(encoding: Encoding, { width, height }: Size): string | undefined {
  const most = MAX_SIDE[encoding] ?? Number.POSITIVE_INFINITY;
  if (width <= most && height <= most) return undefined;
  return `The thumbnail would have ${width} × ${height} px; ${encoding} takes ${most} px a side.`;
}

/** The size of a frame once a variant's shape is cut out of it, or filled up, in px. */
export function finalSize(
  frame: Size,
  { width = frame.width, height = frame.height, fit }: Pick<Variant, 'width' | 'height' | 'fit'>,
): Size {
  const choose = fit === 'cover' ? Math.min : fit === 'contain' ? Math.max : (_: number, own: number) => own;
  return { width: choose(width, frame.width), height: choose(height, frame.height) };
}

/** `cover` cuts what stands out of the box, `contain` fills up what it leaves free; nothing is scaled any more. */
function shape(
  pipeline: sharp.Sharp,
  frame: Frame,
  { focus, ...variant }: Variant & Pick<EncodeOptions, 'focus'>,
): sharp.Sharp {
  const { fit, position, background } = variant;
  const { width, height } = finalSize(frame, variant);
  if (fit === 'cover') {
    return focus
      ? pipeline.extract(boxAround(focus, frame, variant))
      : pipeline.resize({ width, height, fit: 'cover', position });
  }
  if (fit === 'contain') {
    const [x, y] = anchor(position);
    const [across, down] = [width - frame.width, height - frame.height];
    const [left, top] = [Math.round(across * x), Math.round(down * y)];
    return pipeline.extend({ left, right: across - left, top, bottom: down - top, background });
  }
  return pipeline;
}

/** Where in the free space of a contained picture it goes: 0 is left or top, 1 is right or bottom. */
function anchor(position: Variant['position']): [number, number] {
  const x = position.includes('left') ? 0 : position.includes('right') ? 1 : 0.5;
  const y = position.includes('top') ? 0 : position.includes('bottom') ? 1 : 0.5;
  return [x, y];
}

/**
 * JPEG keeps the colours' full resolution, and mozjpeg's table 3: at 200 px both score higher for the same bytes. Trellis
 * quantisation would save some 7 % more, for 3 ms more on a thumbnail that takes 1 ms.
 */
export function format(
  pipeline: sharp.Sharp,
  encoding: Encoding,
  { quality, effort }: { quality: number; effort: number },
): sharp.Sharp {
  switch (encoding) {
    case 'jpeg':
      return pipeline.jpeg({ quality, chromaSubsampling: '4:4:4', quantisationTable: 3 });
    case 'png':
      return pipeline.png(
        quality < 100
          ? { quality, effort: Math.max(1, effort), palette: true }
          : { compressionLevel: effort },
      );
    case 'webp':
      return pipeline.webp({ quality, effort: Math.min(6, effort) });
    case 'avif':
      return pipeline.avif({ quality, effort, chromaSubsampling: '4:2:0' });
    case 'gif':
      return pipeline.gif({ effort: Math.max(1, effort) });
  }
}
