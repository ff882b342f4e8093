import { ascii, uint } from './bytes';

/** The tags that we read. TIFF 6.0, TIFF/EP, DNG 1.7 and Exif 3.0. */
export const TAG = {
  width: 0x100,
  height: 0x101,
  compression: 0x103,
  photometric: 0x106,
  make: 0x10f,
  stripOffsets: 0x111,
  orientation: 0x112,
  stripByteCounts: 0x117,
  artist: 0x13b,
  tileWidth: 0x142,
  subIfds: 0x14a,
  jpegOffset: 0x201,
  jpegLength: 0x202,
  copyright: 0x8298,
  dngVersion: 0xc612,
  panasonicJpeg: 0x2e,
} as const;

/** One directory: the values of its integer tags (offset and count for all others), and its texts. */
export interface Ifd {
  readonly numbers: ReadonlyMap<number, readonly number[]>;
  readonly texts: ReadonlyMap<number, string>;
}

const SIZES: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 7: 1, 13: 4 };
const MAX_IFDS = 32;
const MAX_VALUES = 256;

/**
 * The directories of a TIFF structure (also Exif and most camera RAW), chained and nested ones alike.
 * Broken offsets end the walk; they do not throw.
 */
export function readIfds(bytes: Uint8Array): Ifd[] {
  const order = ascii(bytes, 0, 2);
  if (order !== 'II' && order !== 'MM') return [];
  const littleEndian = order === 'II';
  const u16 = (offset: number) => uint(bytes, offset, { size: 2, littleEndian });
  const u32 = (offset: number) => uint(bytes, offset, { size: 4, littleEndian });

  const ifds: Ifd[] = [];
  const seen = new Set<number>();
  const pending = [u32(4)];
  while (pending.length > 0 && ifds.length < MAX_IFDS) {
    const start = pending.shift() ?? 0;
    if (start === 0 || start + 2 > bytes.byteLength || seen.has(start)) continue;
    seen.add(start);
    const numbers = new Map<number, readonly number[]>();
    const texts = new Map<number, string>();
    const count = u16(start);
    for (
      let entry = start + 2;
      entry < Math.min(start + 2 + count * 12, bytes.byteLength - 11);
      entry += 12
    ) {
      const [tag, type, length] = [u16(entry), u16(entry + 2), u32(entry + 4)];
      const size = SIZES[type];
      if (size === undefined) continue;
      const at = length * size <= 4 ? entry + 8 : u32(entry + 8);
      if (type === 2) texts.set(tag, ascii(bytes, at, Math.min(length, 1000)).replace(/\0.*$/s, '').trim());
      else if (type === 7) numbers.set(tag, [at, length]);
      else
        numbers.set(
          tag,
          Array.from({ length: Math.min(length, MAX_VALUES) }, (_, i) =>
            uint(bytes, at + i * size, { size, littleEndian }),
          ),
        );
    }
    ifds.push({ numbers, texts });
    pending.push(...(numbers.get(TAG.subIfds) ?? []), u32(start + 2 + count * 12));
  }
  return ifds;
}

export function firstNumber(ifd: Ifd | undefined, tag: number): number | undefined {
  return ifd?.numbers.get(tag)?.[0];
}

/** Whether a TIFF's first picture is in tiles, not in strips. */
export function isTiledTiff(tiff: Uint8Array): boolean {
  return firstNumber(readIfds(tiff)[0], TAG.tileWidth) !== undefined;
}
