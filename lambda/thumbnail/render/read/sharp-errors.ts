import { TimeUp, Undecodable } from './undecodable';

/**
 * Runs work that decodes a source with sharp, and tells what goes wrong with the source from what goes wrong with us. sharp
 * throws the same plain Error for both, with libvips' words in it: only words that are known to be about the bytes are
 * taken as such (collected from 3,000 mutated images and the corpus).
 *
 * @throws Undecodable where every line of libvips' words is about the bytes
 * @throws TimeUp where sharp's timeout ended it
 */
export async function decodingWithSharp<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw verdictOf(cause);
  }
}

const HARMLESS = 'Warning treated as error';

/**
 * Decodes so that damage is an error, and harmless warnings are none. libvips passes over tiles of a TIFF that do not decode,
 * and leaves them black, unless warnings count as errors; of those, sharp says "Warning treated as error" where there is nothing
 * worse.
 *
 * @throws Undecodable, TimeUp
 */
export async function decodingStrictly<T>(
  isTiled: boolean,
  decode: (failOn: 'error' | 'warning') => Promise<T>,
): Promise<T> {
  if (!isTiled) return decodingWithSharp(() => decode('error'));
  try {
    return await decodingWithSharp(() => decode('warning'));
  } catch (cause) {
    if (!(cause instanceof Undecodable && cause.message.startsWith(HARMLESS))) throw cause;
    return decodingWithSharp(() => decode('error'));
  }
}

function verdictOf(cause: unknown): unknown {
  if (!(cause instanceof Error) || cause.constructor !== Error || 'code' in cause) return cause;
  const lines = cause.message.replace(/^Input buffer has corrupt header: ?/, '').split('\n');
  if (lines.some(line => line.startsWith('timeout: '))) return new TimeUp(cause.message, { cause });
  if (lines[0]?.startsWith(HARMLESS)) return new Undecodable(lines[0], { cause });
  // libvips keeps one list of errors for all threads: a line of another image's fault makes this one a fault too.
  if (!lines.every(isAboutTheBytes)) return cause;
  return new Undecodable(lines.find(line => line.trim() !== '') ?? 'corrupt header', { cause });
}

/** What libvips' readers, and the checks of what they read, put before their words. */
const READERS =
  /^(VipsJpeg|VipsIcc|vipspng|tiff2vips|webp2vips|webp|heif|glib|source|image|vips_colourspace|\w*load\w*|Vips\w*Load\w*): /;
/** sharp's own words, and what is left where a reader gives no reason or several lines of it. */
const OWN =
  /^(|Input Buffer is empty|Input buffer contains unsupported image format|Input image exceeds (pixel|channel) limit|Unknown error|\s+\(\d+\.\d+\))$/;
/** Readers pass on what the system refuses them; libheif's limits, though, are about what the file says of itself. */
const FAULTS =
  /out of memory|insufficient memory|memory allocation error(?!: security limit)|unable to (allocate|create|open)|failed to allocate|thread|temp|too many open files|no space left|system error/i;

function isAboutTheBytes(line: string): boolean {
  return (READERS.test(line) || OWN.test(line)) && !FAULTS.test(line);
}
