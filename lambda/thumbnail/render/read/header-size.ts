import type { Size } from '../../model/size';
import { ascii, startsWith, u16be, u16le, u32be, u32le } from './bytes';
import { picturesOfIcon } from './icon';
import { firstNumber, readIfds, TAG } from './tiff';

/**
 * The size that the header of a format promises, for formats that sharp does not read.
 * undefined where we cannot tell; ImageMagick then says so itself, before it decodes.
 */
export function headerSize(format: string, bytes: Uint8Array): Size | undefined {
  const size = READERS[format]?.(bytes);
  return size !== undefined && size.width > 0 && size.height > 0
    ? { width: size.width, height: size.height }
    : undefined;
}

const READERS: Readonly<Record<string, (bytes: Uint8Array) => Size | undefined>> = {
  heic: heif,
  avif: heif,
  jp2,
  j2k: bytes => codestream(bytes, 0),
  psd: bytes => ({ width: u32be(bytes, 18), height: u32be(bytes, 14) }),
  psb: bytes => ({ width: u32be(bytes, 18), height: u32be(bytes, 14) }),
  bmp,
  ico: bytes => picturesOfIcon(bytes)[0],
  cur: bytes => picturesOfIcon(bytes)[0],
  qoi: bytes => ({ width: u32be(bytes, 4), height: u32be(bytes, 8) }),
  farbfeld: bytes => ({ width: u32be(bytes, 8), height: u32be(bytes, 12) }),
  dds: bytes => ({ width: u32le(bytes, 16), height: u32le(bytes, 12) }),
  sgi: bytes => ({ width: u16be(bytes, 6), height: u16be(bytes, 8) }),
  sun: bytes => ({ width: u32be(bytes, 4), height: u32be(bytes, 8) }),
  tga: bytes => ({ width: u16le(bytes, 12), height: u16le(bytes, 14) }),
  raw: largestIfd,
  tiff: largestIfd,
};

/** The largest of the `ispe` boxes: grids name the tiles' sizes beside the whole one. ISO/IEC 23008-12, 6.5.3. */
function heif(bytes: Uint8Array): Size | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let largest: Size | undefined;
  for (let at = buffer.indexOf('ispe', 0, 'latin1'); at > 0; at = buffer.indexOf('ispe', at + 4, 'latin1')) {
    if (u32be(bytes, at - 4) !== 20) continue;
    const size = { width: u32be(bytes, at + 8), height: u32be(bytes, at + 12) };
    if (largest === undefined || area(size) > area(largest)) largest = size;
  }
  return largest;
}

function area({ width, height }: Size): number {
  return width * height;
}

/** The `ihdr` box, which must come first in the `jp2h` box. ISO/IEC 15444-1, I.5.3. */
function jp2(bytes: Uint8Array): Size | undefined {
  const at = ascii(bytes, 0, 8192).indexOf('ihdr');
  return at < 0 ? undefined : { height: u32be(bytes, at + 4), width: u32be(bytes, at + 8) };
}

/** The SIZ marker, which must follow SOC. ISO/IEC 15444-1, A.5.1. */
function codestream(bytes: Uint8Array, offset: number): Size | undefined {
  if (!startsWith(bytes, '\xff\x4f\xff\x51', offset)) return undefined;
  return {
    width: u32be(bytes, offset + 8) - u32be(bytes, offset + 16),
    height: u32be(bytes, offset + 12) - u32be(bytes, offset + 20),
  };
}

/** Heights may be negative: rows from top to bottom. */
function bmp(bytes: Uint8Array): Size {
  const start = startsWith(bytes, 'BA') ? 14 : 0;
  if (u32le(bytes, start + 14) === 12)
    return { width: u16le(bytes, start + 18), height: u16le(bytes, start + 20) };
  return { width: u32le(bytes, start + 18), height: Math.abs(u32le(bytes, start + 22) | 0) };
}

function largestIfd(bytes: Uint8Array): Size | undefined {
  return readIfds(bytes)
    .map(ifd => ({ width: firstNumber(ifd, TAG.width) ?? 0, height: firstNumber(ifd, TAG.height) ?? 0 }))
    .reduce<Size | undefined>((a, b) => (a === undefined || area(b) > area(a) ? b : a), undefined);
}
