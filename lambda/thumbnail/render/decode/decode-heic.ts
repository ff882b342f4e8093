import { Worker } from 'node:worker_threads';
import type { HeicAnswer, HeicJob } from './heic-job';
import { wasmModule } from './wasm-module';

/** Of its three builds the one in WebAssembly, whose script is told where that is. */
const SCRIPT = 'libheif-js/libheif-wasm/libheif.js';
const heifModule = wasmModule('libheif-js/libheif-wasm/libheif.wasm');

/**
 * A thread whose job took more is ended: its memory goes with it at once. A thumbnail of its own takes 16 MiB, a phone's picture
 * in tiles no more than that and its bytes; a picture in one piece takes five bytes a pixel.
 */
const KEPT_HEAP_BYTES = 32 * 2 ** 20;

/** Threads without a job. To start one takes 50 ms, as long as a thumbnail. */
const idle: Worker[] = [];

/**
 * Decodes a HEIC with libheif in WebAssembly, which is loaded here and nowhere else, in a thread that can be ended.
 *
 * @param job the bytes, and the limits
 * @param milliseconds after which the thread is ended
 * @returns samples, or why there are none
 * @throws MODULE_NOT_FOUND where the layer is missing, and whatever else keeps libheif from its work: a thread that cannot
 * start or ends early, memory that the system refuses, a trap in WebAssembly
 */
export async function decodeHeic(
  job: Omit<HeicJob, 'script' | 'module'>,
  milliseconds: number,
): Promise<HeicAnswer | { readonly kind: 'took too long' }> {
  const whole: HeicJob = { ...job, script: require.resolve(SCRIPT), module: await heifModule() };
  const thread = idle.pop() ?? startThread();
  let isGood = false;
  try {
    const answer = await ask(thread, whole, milliseconds);
    isGood = answer.kind !== 'took too long' && answer.heapBytes <= KEPT_HEAP_BYTES;
    return answer;
  } finally {
    if (isGood) keep(thread);
    else await thread.terminate();
  }
}

function startThread(): Worker {
  // A file of its own in the bundle.
  const thread = new Worker(require.resolve('./heic-thread'), { stdout: true, stderr: true });
  // Without a job too, it may end, and then is not idle any more.
  thread.on('error', () => forget(thread));
  thread.on('exit', () => forget(thread));
  return thread;
}

function keep(thread: Worker): void {
  // A process that has nothing else to do may end.
  thread.unref();
  idle.push(thread);
}

function forget(thread: Worker): void {
  const index = idle.indexOf(thread);
  if (index >= 0) idle.splice(index, 1);
}

async function ask(
  thread: Worker,
  job: HeicJob,
  milliseconds: number,
): Promise<HeicAnswer | { readonly kind: 'took too long' }> {
  const { promise, resolve, reject } = Promise.withResolvers<HeicAnswer | { kind: 'took too long' }>();
  const ended = (code: number) => reject(new Error(`libheif's thread ended early, with code ${code}`));
  const timer = setTimeout(() => resolve({ kind: 'took too long' }), milliseconds);
  thread.once('message', resolve).once('error', reject).once('exit', ended);
  try {
    thread.ref();
    thread.postMessage(job);
    return await promise;
  } finally {
    clearTimeout(timer);
    thread.off('message', resolve).off('error', reject).off('exit', ended);
  }
}
