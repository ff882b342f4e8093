import { startsWith, u32be } from './bytes';
import { firstNumber, type Ifd, readIfds, TAG } from './tiff';

/**
 * The largest JPEG that a camera put into its RAW file: the picture as the photographer saw it, in a hundredth of the time
 * that developing the sensor values takes.
 *
 * @returns the JPEG's bytes and the orientation that the RAW file gives it, or undefined where we find none
 */
export function rawPreview(source: Uint8Array): { jpeg: Uint8Array; orientation: number } | undefined {
  const ifds = readIfds(source);
  const [longest] = [...ifds.flatMap(candidates), ...fujifilm(source)]
    .filter(
      ([offset, length]) => isJpeg(source, offset) && length > 0 && offset + length <= source.byteLength,
    )
    .sort(([, a], [, b]) => b - a);
  if (longest === undefined) return undefined;
  const [offset, length] = longest;
  return {
    jpeg: source.subarray(offset, offset + length),
    orientation: firstNumber(ifds[0], TAG.orientation) ?? 1,
  };
}

type Range = readonly [offset: number, length: number];

const OLD_JPEG = 6;
const NEW_JPEG = 7;

function candidates(ifd: Ifd): Range[] {
  const found: Range[] = [];
  const number = (tag: number) => firstNumber(ifd, tag) ?? 0;
  if (ifd.numbers.has(TAG.jpegOffset)) found.push([number(TAG.jpegOffset), number(TAG.jpegLength)]);
  const strips = ifd.numbers.get(TAG.stripOffsets);
  if (strips?.length === 1 && [OLD_JPEG, NEW_JPEG].includes(number(TAG.compression))) {
    found.push([number(TAG.stripOffsets), number(TAG.stripByteCounts)]);
  }
  const panasonic = ifd.numbers.get(TAG.panasonicJpeg);
  if (panasonic !== undefined) found.push([panasonic[0] ?? 0, panasonic[1] ?? 0]);
  return found;
}

/** RAF names its JPEG at fixed places. https://libopenraw.freedesktop.org/formats/raf/ */
function fujifilm(source: Uint8Array): Range[] {
  return startsWith(source, 'FUJIFILMCCD-RAW') ? [[u32be(source, 84), u32be(source, 88)]] : [];
}

/** SOF3 is lossless JPEG: sensor values, not a picture. */
function isJpeg(source: Uint8Array, offset: number): boolean {
  if (!startsWith(source, '\xff\xd8\xff', offset)) return false;
  for (let at = offset + 2; at + 4 < source.byteLength && source[at] === 0xff; ) {
    const marker = source[at + 1] ?? 0;
    if (marker === 0xc0 || marker === 0xc1 || marker === 0xc2) return true;
    if (marker === 0xc3 || marker === 0xda) return false;
    at += 2 + ((source[at + 2] ?? 0) << 8) + (source[at + 3] ?? 0);
  }
  return false;
}
