import type { Raster } from './magick-job';
import type { createMeanReducer } from './mean-reducer';

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

/** What we use of libheif's C interface, by Emscripten: pointers are numbers. A `heif_error` is returned at `error`. */
interface Libheif {
  readonly HEAPU8: Uint8Array;
  readonly HEAPU32: Uint32Array;
  _malloc(bytes: number): number;
  _heif_context_alloc(): number;
  _heif_context_get_security_limits(context: number): number;
  _heif_context_read_from_memory_without_copy(
    error: number,
    context: number,
    data: number,
    bytes: number,
    options: number,
  ): void;
  _heif_context_get_primary_image_handle(error: number, context: number, result: number): void;
  _heif_image_handle_has_alpha_channel(handle: number): number;
  _heif_image_handle_get_raw_color_profile_size(handle: number): number;
  _heif_image_handle_get_raw_color_profile(error: number, handle: number, result: number): void;
  _heif_image_handle_get_image_tiling(
    error: number,
    handle: number,
    transformed: number,
    result: number,
  ): void;
  _heif_decoding_options_alloc(): number;
  _heif_image_handle_decode_image_tile(
    error: number,
    handle: number,
    result: number,
    colours: number,
    chroma: number,
    options: number,
    column: number,
    row: number,
  ): void;
  _heif_decode_image(
    error: number,
    handle: number,
    result: number,
    colours: number,
    chroma: number,
    options: number,
  ): void;
  _heif_image_get_decoding_warnings(image: number, first: number, result: number, most: number): number;
  _heif_image_get_width(image: number, channel: number): number;
  _heif_image_get_height(image: number, channel: number): number;
  _heif_image_get_plane_readonly(image: number, channel: number, stride: number): number;
  _heif_image_release(image: number): void;
}

export type StartLibheif = (options: {
  instantiateWasm(imports: object, receive: (instance: object) => object): object;
}) => Libheif;

/**
 * Decodes a HEIC to plain samples, reduced already where that is wanted, with its orientation and profile kept, so that
 * colour and size are sharp's work whoever decoded. Each job has an instance of its own: nothing that one picture leaves in
 * memory is there for the next.
 *
 * Runs in a thread that gets this function as text: it may use nothing from outside but its arguments, and name no function
 * inside: esbuild's keepNames would put calls of its own helper there. It names functions, also those that are values of a
 * property, and no methods.
 *
 * @throws whatever is not libheif's word on the bytes
 */
export function runHeicJob(
  { startLibheif, createReducer }: { startLibheif: StartLibheif; createReducer: typeof createMeanReducer },
  job: HeicJob,
): HeicAnswer {
  const { WebAssembly } = globalThis as unknown as {
    WebAssembly: { Instance: new (module: object, imports: object) => object };
  };
  const heif = startLibheif({
    instantiateWasm(imports, receive) {
      return receive(new WebAssembly.Instance(job.module, imports));
    },
  });

  // heif_error.h, heif_image.h
  const VERDICTS = [2, 3, 4, 7]; // invalid input, unsupported file type, unsupported feature, decoder plugin error
  const MEMORY = 6;
  const SECURITY_LIMIT = 1000;
  // The file and the coded picture name different colours, which libheif settles as the standard says.
  const COLOURS_DISAGREE = 152;
  const MOST_WARNINGS = 16;
  const [RGB, INTERLEAVED_RGB, INTERLEAVED_RGBA, INTERLEAVED] = [1, 10, 11, 10] as const;

  const room = heif._malloc(256);
  const [error, result, stride, tiling] = [room, room + 16, room + 20, room + 32] as const;
  const list = heif._malloc(MOST_WARNINGS * 12);
  const { number, failure } = {
    number(address: number): number {
      return heif.HEAPU32[address >> 2] ?? 0;
    },
    /** What the last call says went wrong with the bytes; undefined where nothing did. */
    failure(): { kind: 'out of memory' | 'undecodable'; message: string } | undefined {
      const [code, subcode, words] = [number(error), number(error + 4), number(error + 8)];
      if (code === 0) return undefined;
      const message = Buffer.from(heif.HEAPU8.slice(words, heif.HEAPU8.indexOf(0, words))).toString('utf8');
      if (code === MEMORY && subcode === SECURITY_LIMIT) return { kind: 'out of memory', message };
      if (!VERDICTS.includes(code)) throw new Error(`libheif: ${message} (${code}.${subcode})`);
      return { kind: 'undecodable', message };
    },
  };
  const { answer } = {
    answer<T extends object>(value: T): T & { heapBytes: number } {
      return { ...value, heapBytes: heif.HEAPU8.byteLength };
    },
  };

  const source = heif._malloc(job.source.byteLength);
  if (room === 0 || list === 0 || source === 0) throw new Error('libheif: no memory for the source');
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
  const unread = failure();
  if (unread) return answer(unread);
  heif._heif_context_get_primary_image_handle(error, context, result);
  const missing = failure();
  if (missing) return answer(missing);

  const handle = number(result);
  const alpha = heif._heif_image_handle_has_alpha_channel(handle) !== 0;
  const inTiles = job.tileOrientation !== undefined && !alpha;
  // heif_tiling.h: a version, then columns, rows, a tile's width and height, and the picture's.
  heif.HEAPU32.set([1, 1, 1, 0, 0, 0, 0], tiling >> 2);
  if (inTiles) heif._heif_image_handle_get_image_tiling(error, handle, 0, tiling);
  const untold = inTiles ? failure() : undefined;
  if (untold) return answer(untold);
  const [columns = 0, rows = 0, tileWidth = 0, tileHeight = 0, ...told] = heif.HEAPU32.slice(
    (tiling >> 2) + 1,
    (tiling >> 2) + 7,
  );
  // A picture in one piece is as large as it turns out to be.
  let whole = { width: told[0] ?? 0, height: told[1] ?? 0 };
  if (whole.width * whole.height > job.maxPixels) return answer({ kind: 'too large', ...whole });

  // heif_decoding.h: whether to leave the picture as it is coded, and whether to make 8 bits of more.
  const options = heif._heif_decoding_options_alloc();
  heif.HEAPU8[options + 1] = inTiles ? 1 : 0;
  heif.HEAPU8[options + 20] = 1;

  const channels = alpha ? 4 : 3;
  // Opacity is sharp's work before anything is reduced.
  const divisor = alpha ? 1 : job.reduction;
  let reduced = whole;
  let samples: Uint8Array = new Uint8Array();
  let reducer: ReturnType<typeof createReducer> | undefined;
  let failed = 0;
  let isDamaged = false;
  // Of all tiles until now.
  let warnings = 0;
  let reason: ReturnType<typeof failure>;
  for (let tile = 0; tile < columns * rows; tile++) {
    const [column, row] = [tile % columns, Math.floor(tile / columns)];
    const chroma = alpha ? INTERLEAVED_RGBA : INTERLEAVED_RGB;
    if (inTiles)
      heif._heif_image_handle_decode_image_tile(error, handle, result, RGB, chroma, options, column, row);
    else heif._heif_decode_image(error, handle, result, RGB, chroma, options);
    const undecoded = failure();
    if (undecoded) {
      // The others are shown, as libheif does by itself.
      reason = undecoded;
      failed++;
      continue;
    }
    const image = number(result);
    const fresh = heif._heif_image_get_decoding_warnings(image, warnings, list, MOST_WARNINGS);
    warnings += fresh;
    for (let i = 0; i < fresh; i++) if (number(list + i * 12 + 4) !== COLOURS_DISAGREE) isDamaged = true;
    const width = heif._heif_image_get_width(image, INTERLEAVED);
    const height = heif._heif_image_get_height(image, INTERLEAVED);
    const offset = heif._heif_image_get_plane_readonly(image, INTERLEAVED, stride);
    if (!inTiles) whole = { width, height };
    if (samples.length === 0 && reducer === undefined) {
      reduced = {
        width: Math.max(1, Math.round(whole.width / divisor)),
        height: Math.max(1, Math.round(whole.height / divisor)),
      };
      if (divisor > 1) reducer = createReducer(whole, reduced);
      else samples = new Uint8Array(whole.width * whole.height * channels);
    }
    const [left, top] = [column * tileWidth, row * tileHeight];
    if (reducer) reducer.add({ left, top, width, height, data: heif.HEAPU8, offset, stride: number(stride) });
    else {
      const bytes = Math.min(width, whole.width - left) * channels;
      for (let y = 0; y < height && top + y < whole.height; y++) {
        const from = offset + y * number(stride);
        samples.set(heif.HEAPU8.subarray(from, from + bytes), ((top + y) * whole.width + left) * channels);
      }
    }
    heif._heif_image_release(image);
  }
  if (failed === columns * rows)
    return answer(reason ?? { kind: 'undecodable', message: 'no picture in it' });
  if (reducer) samples = reducer.finish();

  const profileBytes = heif._heif_image_handle_get_raw_color_profile_size(handle);
  const profile = profileBytes > 0 ? heif._malloc(profileBytes) : 0;
  if (profile > 0) heif._heif_image_handle_get_raw_color_profile(error, handle, profile);
  return answer({
    kind: 'decoded',
    whole,
    damaged: failed > 0 || isDamaged,
    raster: {
      ...reduced,
      colours: 'rgb',
      alpha,
      orientation: inTiles ? (job.tileOrientation ?? 1) : 1,
      ...(profile > 0 && { profile: heif.HEAPU8.slice(profile, profile + profileBytes) }),
      samples,
    },
  });
}
