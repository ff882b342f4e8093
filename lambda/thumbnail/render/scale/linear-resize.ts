import { LINEAR_RESIZE_WASM } from './linear-resize-wasm';

/** Pixels of 8 bits a channel, RGB or RGBA (not premultiplied), gamma-coded as sRGB and P3 are. */
interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
}

/**
 * Reduces pixels to a size in linear light: mean values of gamma-coded ones are too dark, which shows in thin lines and fine
 * texture. http://www.ericbrasseur.org/gamma.html
 *
 * In WebAssembly, because libvips converts to floats and back in passes of their own, and V8 only compiles loops of JavaScript
 * after their first runs, which are what a cold start waits for (docs/performance.md).
 *
 * @param width in px, like `height`
 * @throws RangeError where either side would grow
 */
export function linearResize(pixels: Pixels, width: number, height: number): Uint8Array {
  if (width > pixels.width || height > pixels.height) {
    const [most, wanted] = [pixels, { width, height }].map(size => `${size.width} × ${size.height}`);
    throw new RangeError(`Expected at most ${most} px for a reduced picture but received ${wanted}`);
  }
  kernel ??= startKernel();
  const { begin, reduce, memory } = kernel;
  const { data, channels } = pixels;
  const address = begin(pixels.width, pixels.height, channels, width, height);
  const shared = new Uint8Array(memory.buffer);
  const band = BAND_ROWS * pixels.width * channels;
  const out = new Uint8Array(width * height * channels);
  for (let from = 0, to = 0; from < data.length; from += band) {
    const source = data.subarray(from, from + band);
    shared.set(source, address);
    const rows = reduce(source.length / (pixels.width * channels));
    const finished = rows * width * channels;
    out.set(shared.subarray(address, address + finished), to);
    to += finished;
  }
  if (shared.length > KEPT_BYTES) kernel = undefined;
  return out;
}

/** As many as wasm/linear-resize.ts takes at once. */
const BAND_ROWS = 4;

/** WebAssembly's memory only grows: after sources some 30,000 px wide, or results of 10,000, it is left to the garbage collector. */
const KEPT_BYTES = 4 * 2 ** 20;

/** What wasm/linear-resize.ts exports. */
interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer };
  begin(width: number, height: number, channels: number, newWidth: number, newHeight: number): number;
  reduce(rows: number): number;
}

/** The types of WebAssembly belong to the browser's library, which this project does not load. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: unknown };
};

let compiled: object | undefined;
let kernel: Kernel | undefined;

function startKernel(): Kernel {
  compiled ??= new WebAssembly.Module(Buffer.from(LINEAR_RESIZE_WASM, 'base64'));
  const started = new WebAssembly.Instance(compiled).exports as Kernel;
  const memory = started.memory.buffer;
  new Float32Array(memory, 0, 256).set(Array.from({ length: 256 }, (_, value) => lightOf(value)));
  const coded = new Uint8Array(memory, 1024, STEPS + 1);
  for (let value = 1; value < 256; value++) coded.fill(value, Math.ceil(lightOf(value - 0.5) * STEPS));
  return started;
}

/** So many that the darkest values, of a slope of 12.92, are told apart. */
const STEPS = 2 ** 14 - 1;

/** The light of a value coded in 8 bits, 0 to 1. IEC 61966-2-1 */
function lightOf(value: number): number {
  const v = value / 255;
  return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
}
