import type { Header } from '../read/header';

/**
 * Whether a JPEG has fewer bytes than its size can be coded in: its header lies, and libjpeg fills up what is missing with grey
 * without an error. A block of 8 × 8 takes at least one bit for its mean and, unless progressive, one for the end of its waves.
 */
export function isTooShort(source: Uint8Array, { kind, size, progressive }: Header): boolean {
  if (kind.format !== 'jpeg' || size === undefined) return false;
  const blocks = Math.ceil(size.width / 8) * Math.ceil(size.height / 8);
  return source.byteLength * 8 < blocks * (progressive ? 1 : 2);
}
