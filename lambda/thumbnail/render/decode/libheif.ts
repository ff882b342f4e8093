/** What we use of libheif's C interface, by Emscripten: pointers are numbers. A `heif_error` is returned at `error`. */
export interface Libheif {
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

/** libheif's word on the bytes: they cannot be decoded, or would take more memory than they may. */
export class HeifRefusal extends Error {
  override readonly name = 'HeifRefusal';
  constructor(
    readonly kind: 'out of memory' | 'undecodable',
    message: string,
  ) {
    super(message);
  }
}

/** An instance of libheif, and where its functions put what they return. */
export interface Session {
  readonly heif: Libheif;
  /** For a `heif_error`. */
  readonly error: number;
  /** For a pointer or a number. */
  readonly result: number;
  uint32(address: number): number;
  /** @throws Error if there is no memory */
  allocate(bytes: number): number;
  /**
   * To be called after each function that was given `error`.
   *
   * @throws HeifRefusal, or Error for what is not libheif's word on the bytes
   */
  check(): void;
}

declare const WebAssembly: { Instance: new (module: object, imports: object) => object };

/** heif_error.h: invalid input, unsupported file type, unsupported feature, decoder plugin error. */
const VERDICTS = [2, 3, 4, 7];
const MEMORY = 6;
const SECURITY_LIMIT = 1000;

/** Starts an instance of libheif: nothing that another picture left in memory is there. */
export function startSession(startLibheif: StartLibheif, module: object): Session {
  const heif = startLibheif({
    instantiateWasm: (imports, receive) => receive(new WebAssembly.Instance(module, imports)),
  });
  const uint32 = (address: number) => heif.HEAPU32[address >> 2] ?? 0;
  function allocate(bytes: number): number {
    const address = heif._malloc(bytes);
    if (address === 0) throw new Error(`libheif: no memory for ${bytes} bytes`);
    return address;
  }
  const error = allocate(16);
  return {
    heif,
    error,
    result: allocate(4),
    uint32,
    allocate,
    check() {
      const [code, subcode, words] = [uint32(error), uint32(error + 4), uint32(error + 8)];
      if (code === 0) return;
      const message = Buffer.from(heif.HEAPU8.slice(words, heif.HEAPU8.indexOf(0, words))).toString('utf8');
      if (code === MEMORY && subcode === SECURITY_LIMIT) throw new HeifRefusal('out of memory', message);
      if (!VERDICTS.includes(code)) throw new Error(`libheif: ${message} (${code}.${subcode})`);
      throw new HeifRefusal('undecodable', message);
    },
  };
}
