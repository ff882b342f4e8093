import { ascii, u32be } from './bytes';

/**
 * A HEIC without what is behind it: phones put the film of a "motion photo" there, a file of its own, whose film libheif would
 * take for the HEIC's. ISO/IEC 14496-12, 4.2: a file begins with its `ftyp` box, and has one.
 */
export function withoutAppended(heic: Uint8Array): Uint8Array {
  for (let at = u32be(heic, 0); at >= 8 && at + 8 <= heic.byteLength; ) {
    if (ascii(heic, at + 4, 4) === 'ftyp') return heic.subarray(0, at);
    const size = u32be(heic, at);
    if (size < 8) return heic;
    at += size;
  }
  return heic;
}
