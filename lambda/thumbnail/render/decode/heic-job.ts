import type { Size } from '../../model/size';
import { HeifRefusal, type Session, type StartLibheif, startSession } from './libheif';
import type { Raster } from './magick-job';
import type { createMeanReducer, MeanReducer } from './mean-reducer';

/** What the thread gets, and what it answers. */
export interface HeicJob {
  /** Absolute path of libheif's script. */
  readonly script: string;
  /** Its WebAssembly, compiled. */
  readonly module: object;
  readonly source: Uint8Array;
  /**
   * Set where the picture may be decoded tile by tile: how it is to be turned afterwards, as in Exif. A picture that is cut or
   * mirrored as well is libheif's work as a whole.
   */
  readonly tileOrientation: number | undefined;
  /** The picture's sides may be divided by so much while it is decoded, 1 or more. */
  readonly reduction: number;
  readonly maxPixels: number;
  readonly maxBytes: number;
}

export type HeicAnswer = (
  | {
      readonly kind: 'decoded';
      readonly raster: Raster;
      /** Of the picture before it was reduced, in px, turned as the raster is. */
      readonly whole: { readonly width: number; readonly height: number };
      readonly damaged: boolean;
    }
  | { readonly kind: 'too large'; readonly width: number; readonly height: number }
  /** It needs more memory than it may have, in libheif's words. */
  | { readonly kind: 'out of memory'; readonly message: string }
  /** The bytes cannot be decoded, in libheif's words. */
  | { readonly kind: 'undecodable'; readonly message: string }
) & {
  /** WebAssembly's memory at the end, which it never gives back. */
  readonly heapBytes: number;
};

/**
 * Decodes a HEIC to plain samples, reduced already where that is wanted, with its orientation and profile kept, so that
 * colour and size are sharp's work whoever decoded. Blocks: run it in a thread.
 *
 * @throws whatever is not libheif's word on the bytes
 */
export function runHeicJob(
  { startLibheif, createReducer }: { startLibheif: StartLibheif; createReducer: typeof createMeanReducer },
  job: HeicJob,
): HeicAnswer {
  const session = startSession(startLibheif, job.module);
  const heapBytes = () => session.heif.HEAPU8.byteLength;
  try {
    const picture = openPicture(session, job);
    const { width, height } = picture.told;
    if (width * height > job.maxPixels) return { kind: 'too large', width, height, heapBytes: heapBytes() };
    const decoded = decodePieces(session, picture, { createReducer, reduction: job.reduction });
    const raster = { ...decoded.raster, ...orientationAndProfile(session, picture, job) };
    return { kind: 'decoded', ...decoded, raster, heapBytes: heapBytes() };
  } catch (error) {
    if (!(error instanceof HeifRefusal)) throw error;
    return { kind: error.kind, message: error.message, heapBytes: heapBytes() };
  }
}

/** How a picture is to be decoded. */
interface Picture {
  readonly handle: number;
  readonly alpha: boolean;
  readonly inTiles: boolean;
  readonly columns: number;
  readonly rows: number;
  /** px */
  readonly tile: Size;
  /** px; 0 × 0 where it is in one piece, which is as large as it turns out to be. */
  readonly told: Size;
}

function openPicture(session: Session, job: HeicJob): Picture {
  const { heif, error, result, check } = session;
  const source = session.allocate(job.source.byteLength);
  heif.HEAPU8.set(job.source, source);
  const context = heif._heif_context_alloc();
  // heif_security.h: both are of 64 bits.
  const limits = heif._heif_context_get_security_limits(context);
  for (const [offset, limit] of [
    [8, job.maxPixels],
    [64, job.maxBytes],
  ] as const)
    heif.HEAPU32.set([limit >>> 0, Math.floor(limit / 2 ** 32)], (limits + offset) >> 2);
  heif._heif_context_read_from_memory_without_copy(error, context, source, job.source.byteLength, 0);
  check();
  heif._heif_context_get_primary_image_handle(error, context, result);
  check();
  const handle = session.uint32(result);
  const alpha = heif._heif_image_handle_has_alpha_channel(handle) !== 0;
  const inTiles = job.tileOrientation !== undefined && !alpha;
  return { handle, alpha, inTiles, ...tilingOf(session, handle, inTiles) };
}

function tilingOf(
  { heif, error, allocate, check }: Session,
  handle: number,
  inTiles: boolean,
): Pick<Picture, 'columns' | 'rows' | 'tile' | 'told'> {
  if (!inTiles) {
    const unknown = { width: 0, height: 0 };
    return { columns: 1, rows: 1, tile: unknown, told: unknown };
  }
  // heif_tiling.h: a version, then columns, rows, a tile's width and height, the picture's, and more.
  const tiling = allocate(128);
  heif.HEAPU32[tiling >> 2] = 1;
  heif._heif_image_handle_get_image_tiling(error, handle, 0, tiling);
  check();
  const [columns = 0, rows = 0, tileWidth = 0, tileHeight = 0, width = 0, height = 0] = heif.HEAPU32.subarray(
    (tiling >> 2) + 1,
    (tiling >> 2) + 7,
  );
  return { columns, rows, tile: { width: tileWidth, height: tileHeight }, told: { width, height } };
}

/** heif_image.h */
const [RGB, INTERLEAVED_RGB, INTERLEAVED_RGBA, INTERLEAVED] = [1, 10, 11, 10] as const;

/**
 * Decodes the picture piece by piece. Pieces that cannot be decoded are left out, as libheif does by itself.
 *
 * @throws HeifRefusal of the last piece, if there is no other
 */
function decodePieces(
  session: Session,
  picture: Picture,
  { createReducer, reduction }: { createReducer: typeof createMeanReducer; reduction: number },
) {
  const { columns, rows, tile, alpha } = picture;
  // Opacity is sharp's work before anything is reduced.
  const divisor = alpha ? 1 : reduction;
  const decodePiece = pieceDecoder(session, picture);
  let whole = picture.told;
  let reduced = whole;
  let samples: MeanReducer | undefined;
  let damaged = false;
  let refusal = new HeifRefusal('undecodable', 'no picture in it');
  for (let i = 0; i < columns * rows; i++) {
    const [column, row] = [i % columns, Math.floor(i / columns)];
    try {
      const { piece, isDamaged, release } = decodePiece(column, row);
      damaged ||= isDamaged;
      if (samples === undefined) {
        if (!picture.inTiles) whole = { width: piece.width, height: piece.height };
        reduced = divided(whole, divisor);
        samples = divisor > 1 ? createReducer(whole, reduced) : createSamples(whole, alpha ? 4 : 3);
      }
      samples.add({ ...piece, left: column * tile.width, top: row * tile.height });
      release();
    } catch (error) {
      if (!(error instanceof HeifRefusal)) throw error;
      refusal = error;
      damaged = true;
    }
  }
  if (samples === undefined) throw refusal;
  return {
    whole,
    damaged,
    raster: { ...reduced, colours: 'rgb' as const, alpha, samples: samples.finish() },
  };
}

function divided({ width, height }: Size, divisor: number): Size {
  return {
    width: Math.max(1, Math.round(width / divisor)),
    height: Math.max(1, Math.round(height / divisor)),
  };
}

/** The file and the coded picture name different colours, which libheif settles as the standard says. */
const COLOURS_DISAGREE = 152;
const MOST_WARNINGS = 16;

/** Decodes one piece after the other: their warnings are counted on. */
function pieceDecoder({ heif, error, result, uint32, allocate, check }: Session, picture: Picture) {
  const { handle, inTiles, alpha } = picture;
  const chroma = alpha ? INTERLEAVED_RGBA : INTERLEAVED_RGB;
  // heif_decoding.h: whether to leave the picture as it is coded, and whether to make 8 bits of more.
  const options = heif._heif_decoding_options_alloc();
  heif.HEAPU8[options + 1] = inTiles ? 1 : 0;
  heif.HEAPU8[options + 20] = 1;
  const stride = allocate(4);
  const list = allocate(MOST_WARNINGS * 12);
  let warnings = 0;
  return (column: number, row: number) => {
    if (inTiles)
      heif._heif_image_handle_decode_image_tile(error, handle, result, RGB, chroma, options, column, row);
    else heif._heif_decode_image(error, handle, result, RGB, chroma, options);
    check();
    const image = uint32(result);
    const fresh = heif._heif_image_get_decoding_warnings(image, warnings, list, MOST_WARNINGS);
    warnings += fresh;
    const codes = Array.from({ length: fresh }, (_, i) => uint32(list + i * 12 + 4));
    const offset = heif._heif_image_get_plane_readonly(image, INTERLEAVED, stride);
    return {
      piece: {
        width: heif._heif_image_get_width(image, INTERLEAVED),
        height: heif._heif_image_get_height(image, INTERLEAVED),
        data: heif.HEAPU8,
        offset,
        stride: uint32(stride),
      },
      isDamaged: codes.some(code => code !== COLOURS_DISAGREE),
      release: () => heif._heif_image_release(image),
    };
  };
}

/** As a reducer that leaves each pixel as it is. */
function createSamples(whole: Size, channels: number): MeanReducer {
  const samples = new Uint8Array(whole.width * whole.height * channels);
  return {
    add({ left, top, width, height, data, offset, stride }) {
      const bytes = Math.min(width, whole.width - left) * channels;
      for (let y = 0; y < height && top + y < whole.height; y++) {
        const from = offset + y * stride;
        samples.set(data.subarray(from, from + bytes), ((top + y) * whole.width + left) * channels);
      }
    },
    finish: () => samples,
  };
}

function orientationAndProfile(
  { heif, error, allocate }: Session,
  { handle, inTiles }: Picture,
  { tileOrientation = 1 }: HeicJob,
): Pick<Raster, 'orientation' | 'profile'> {
  const orientation = inTiles ? tileOrientation : 1;
  const bytes = heif._heif_image_handle_get_raw_color_profile_size(handle);
  if (bytes === 0) return { orientation };
  const profile = allocate(bytes);
  heif._heif_image_handle_get_raw_color_profile(error, handle, profile);
  return { orientation, profile: heif.HEAPU8.slice(profile, profile + bytes) };
}
