import sharp from 'sharp';
import type { Point } from '../model/focus';
import type { Limits } from '../model/limits';
import { type Rejected, type Rendering, rejected } from '../model/rendering';
import type { Gamut, Variant } from '../model/variant';
import { admit, tookTooLong, tooManyBytes } from './admit/over-limit';
import { attempts } from './decode/attempts';
import type { Picture } from './decode/task';
import { makeThumbnails } from './encode/make-thumbnails';
import { type Header, readHeader } from './read/header';
import { TimeUp, Undecodable } from './read/undecodable';

// Lambda reuses the process for other images: a cache of operations would only hold memory.
sharp.cache(false);
// The reader of "Ultra HDR" JPEGs looks through all of a photo that holds a second picture, as most of today's phones write
// them, before the plain reader gets it: 20 ms lost, because the plain reader's picture is the one that we want.
sharp.block({ operation: ['VipsForeignLoadUhdr'] });

/** What rendering a source will take. */
export interface Need {
  /** Memory at its peak, in bytes, beside the source itself: an upper estimate. */
  readonly bytes: number;
  /** What the bytes are (the words of sniff.ts). */
  readonly format: string;
}

export interface RenderOptions {
  readonly limits: Limits;
  /** Whether ImageMagick may read what sharp cannot. */
  readonly otherFormats: boolean;
  readonly gamut: Gamut;
  /** Whether Artist and Copyright go into the thumbnails; nothing else ever does. */
  readonly keepCopyright: boolean;
  /** What `cover` is to keep. @default what the variant's `position` says */
  readonly focus?: Point | undefined;
  /** Runs the work when there is room for it. @default at once */
  readonly schedule?: <T>(need: Need, work: () => Promise<T>) => Promise<T>;
}

/**
 * Makes a source's thumbnails, one for each variant: upright, in sRGB (or P3), without metadata. Its time (limits.seconds)
 * begins when `schedule` does the work. sharp has a time-out of its own and ImageMagick's thread is ended then; librsvg
 * has none, so that a slow SVG stops only when the caller kills the process.
 *
 * @param source the bytes of the source as they are stored
 * @param variants the recipes, at least one
 * @returns the thumbnails, or the reason why there are none; what the bytes are is for the bytes to say
 * @throws whatever is no decoder's word on the bytes (a layer that is missing, memory or files that the system refuses, a
 * mistake of ours): a fault that a later try may cure
 */
export async function render(
  source: Uint8Array,
  variants: readonly Variant[],
  options: RenderOptions,
): Promise<Rendering> {
  const { limits, schedule = (_, work) => work() } = options;
  if (source.byteLength > limits.sourceMiB * 2 ** 20) return tooManyBytes(source.byteLength, limits);
  const header = await readHeader(source);
  const admission = admit(header, variants, limits);
  if (admission.kind === 'rejected') return admission;
  const need = { bytes: admission.bytes, format: header.kind.format };
  const rendering = await schedule(need, () =>
    decodeAndMake({ source, header }, admission.variants, options),
  );
  if (rendering.kind === 'rejected') return rendering;
  return { ...rendering, rejections: [...admission.rejections, ...rendering.rejections] };
}

/** Tries one decoder after the other, and makes the thumbnails of what the first one delivers. */
async function decodeAndMake(
  picture: Picture,
  variants: readonly Variant[],
  options: RenderOptions,
): Promise<Rendering> {
  const { header } = picture;
  const deadline = performance.now() + options.limits.seconds * 1000;
  let failure = header.error;
  for (const attempt of attempts(picture, { ...options, variants, deadline })) {
    if (performance.now() > deadline) return tookTooLong(options.limits);
    try {
      const decoded = await attempt();
      if ('reason' in decoded) return decoded;
      const made = await makeThumbnails(decoded, variants, options.focus);
      const { decoder, damaged, whole } = decoded;
      const [first] = made.rejections;
      if (made.thumbnails.length === 0 && first !== undefined) return rejected(first.reason, first.detail);
      return { kind: 'rendered', ...whole, format: header.kind.format, decoder, damaged, ...made };
    } catch (cause) {
      if (cause instanceof TimeUp) return tookTooLong(options.limits);
      // Only a decoder may say that the bytes are at fault; reducing and encoding never throw this.
      if (!(cause instanceof Undecodable)) throw cause;
      failure = cause.message;
    }
  }
  return noDecoder(header, failure, options);
}

/** Why no decoder got a picture out of a source. */
function noDecoder(
  { kind }: Header,
  failure: string | undefined,
  options: Pick<RenderOptions, 'otherFormats'>,
): Rejected {
  if (kind.magick !== undefined && !kind.sharp && !options.otherFormats) {
    return rejected(
      'unsupported',
      `The source looks like ${kind.says}, which is read with otherFormats only.`,
    );
  }
  if (kind.magick === undefined && kind.format !== 'svg') {
    return rejected('unsupported', `The source looks like ${kind.says}, not like an image that we can read.`);
  }
  return rejected(
    'damaged',
    `The source looks like ${kind.says} that is damaged beyond showing: ${failure ?? 'no picture'}.`,
  );
}
