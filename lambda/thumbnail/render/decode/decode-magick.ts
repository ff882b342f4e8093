import { Worker } from 'node:worker_threads';
import type { MagickAnswer, MagickJob } from './magick-job';
import { wasmModule } from './wasm-module';

const PACKAGE = '@imagemagick/magick-wasm';

/** 65 ms that each thread saves. */
const magickModule = wasmModule(`${PACKAGE}/magick.wasm`);

/**
 * Decodes an image with ImageMagick in WebAssembly, which is loaded here and nowhere else.
 *
 * @param job the bytes, the format that they say they are, and the limits
 * @param milliseconds after which the thread is ended
 * @returns samples, or why there are none
 * @throws MODULE_NOT_FOUND where the layer is missing, and whatever else keeps ImageMagick from its work: a thread that cannot
 * start or ends early, memory that the system refuses, a trap in WebAssembly
 */
export async function decodeWithMagick(
  job: Omit<MagickJob, 'script' | 'module'>,
  milliseconds: number,
): Promise<MagickAnswer> {
  const workerData: MagickJob = {
    ...job,
    script: require.resolve(PACKAGE),
    module: await magickModule(),
  };
  // A thread of its own can be ended when the time is up, and its memory, which WebAssembly never gives back, goes with it.
  // In the bundle it is a file of its own.
  const worker = new Worker(require.resolve('./magick-thread'), { workerData, stdout: true, stderr: true });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve, reject) => {
      timer = setTimeout(() => resolve({ kind: 'took too long' }), milliseconds);
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', code => reject(new Error(`ImageMagick's thread ended early, with code ${code}`)));
    });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
