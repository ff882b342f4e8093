import { startsWith, u16be } from './bytes';
import type { Header, Metadata } from './header';
import { readIfds, TAG } from './tiff';

/** Frames that libjpeg decodes: baseline, extended and progressive, with Huffman codes. */
const FRAMES = [0xc0, 0xc1, 0xc2];
const PROGRESSIVE = 0xc2;
const SCAN = 0xda;
/** Segments that hold nothing of ours: JFIF, tables, comments, and what applications put beside the picture. */
const PASSED = [0xe0, 0xdb, 0xc4, 0xdd, 0xfe, ...Array.from({ length: 10 }, (_, i) => 0xe3 + i), 0xed, 0xef];
const EXIF = 'Exif\0\0';

/**
 * What sharp would say of an everyday JPEG: three channels of 8 bits, no colour profile, Exif that is in order. sharp takes
 * nearly a millisecond for it, half of which goes into reading all of Exif.
 *
 * @returns undefined for any other JPEG: then sharp is to be asked
 */
export function readJpegHeader(bytes: Uint8Array): Metadata | undefined {
  let size: { width: number; height: number; isProgressive: boolean } | undefined;
  let exif: Uint8Array | undefined;
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined;
  for (let at = 2; at + 4 <= bytes.byteLength; ) {
    const marker = bytes[at + 1] ?? 0;
    const next = at + 2 + u16be(bytes, at + 2);
    if (bytes[at] !== 0xff || next < at + 4 || next > bytes.byteLength) return undefined;
    if (marker === SCAN) return size && describe(size, exif);
    if (marker === 0xe1) {
      // XMP and others are APP1 too; of Exif there must be one.
      if (startsWith(bytes, 'Exif', at + 4)) {
        if (exif !== undefined || !startsWith(bytes, EXIF, at + 4)) return undefined;
        exif = bytes.subarray(at + 4, next);
      }
    } else if (marker === 0xe2) {
      if (startsWith(bytes, 'ICC_PROFILE', at + 4)) return undefined;
    } else if (FRAMES.includes(marker)) {
      const [precision, components] = [bytes[at + 4], bytes[at + 9]];
      if (size !== undefined || precision !== 8 || components !== 3) return undefined;
      size = {
        width: u16be(bytes, at + 7),
        height: u16be(bytes, at + 5),
        isProgressive: marker === PROGRESSIVE,
      };
      if (size.width === 0 || size.height === 0) return undefined;
    } else if (!PASSED.includes(marker)) {
      return undefined;
    }
    at = next;
  }
  return undefined;
}

/**
 * Whether a JPEG has fewer bytes than its size can be coded in: its header lies, and libjpeg fills up what is missing with grey
 * without an error. A block of 8 × 8 takes at least one bit for its mean and, unless progressive, one for the end of its waves.
 */
export function isTooShort(source: Uint8Array, { kind, size, progressive }: Header): boolean {
  if (kind.format !== 'jpeg' || size === undefined) return false;
  const blocks = Math.ceil(size.width / 8) * Math.ceil(size.height / 8);
  return source.byteLength * 8 < blocks * (progressive ? 1 : 2);
}

function describe(
  { width, height, isProgressive }: { width: number; height: number; isProgressive: boolean },
  exif: Uint8Array | undefined,
): Metadata | undefined {
  const orientation = exif === undefined ? UNTOLD : orientationOf(exif.subarray(EXIF.length));
  if (orientation === undefined) return undefined;
  return {
    format: 'jpeg',
    width,
    height,
    autoOrient: orientation >= 5 ? { width: height, height: width } : { width, height },
    ...(orientation !== UNTOLD && { orientation }),
    space: 'srgb',
    depth: 'uchar',
    isProgressive,
    hasProfile: false,
    ...(exif && { exif: Buffer.from(exif.buffer, exif.byteOffset, exif.byteLength) }),
  };
}

const UNTOLD = 0;

/** 1 to 8, or that it is not told; undefined where the block is not in order. */
function orientationOf(tiff: Uint8Array): number | undefined {
  if (!startsWith(tiff, 'II*\0\x08\0\0\0') && !startsWith(tiff, 'MM\0*\0\0\0\x08')) return undefined;
  const [first] = readIfds(tiff);
  if (first === undefined) return undefined;
  const values = first.numbers.get(TAG.orientation);
  if (values === undefined) return UNTOLD;
  const [value = 0] = values;
  return values.length === 1 && value >= 1 && value <= 8 ? value : undefined;
}
