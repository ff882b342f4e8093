import { TAG } from '../read/tiff';
import type { Raster } from './magick-job';

const COLOURS = {
  grey: { channels: 1, photometric: 1 },
  rgb: { channels: 3, photometric: 2 },
  cmyk: { channels: 4, photometric: 5 },
} as const;

const MAX_STRIPS = 512;
const SHORT = 3;
const LONG = 4;
const UNDEFINED = 7;

/**
 * Puts a head before samples: an uncompressed TIFF of 8 bits, the plainest file that carries a profile, four inks and opacity
 * to sharp, which takes neither with raw samples. TIFF 6.0, sections 2, 6 and 16 to 18; the profile: ICC.1, B.3.
 */
export function asTiff({ width, height, colours, alpha, orientation, profile, samples }: Raster): Uint8Array {
  const { channels, photometric } = COLOURS[colours];
  const perPixel = channels + Number(alpha);
  const rowBytes = width * perPixel;
  const rowsPerStrip = Math.ceil(height / MAX_STRIPS);
  const strips = Math.ceil(height / rowsPerStrip);
  const starts = Array.from({ length: strips }, (_, strip) => strip * rowsPerStrip);

  const tags = (dataAt: number): Tag[] => [
    [TAG.width, LONG, [width]],
    [TAG.height, LONG, [height]],
    [0x102, SHORT, Array(perPixel).fill(8)],
    [TAG.compression, SHORT, [1]],
    [TAG.photometric, SHORT, [photometric]],
    [TAG.stripOffsets, LONG, starts.map(row => dataAt + row * rowBytes)],
    [TAG.orientation, SHORT, [Math.max(1, orientation)]],
    [0x115, SHORT, [perPixel]],
    [0x116, LONG, [rowsPerStrip]],
    [TAG.stripByteCounts, LONG, starts.map(row => Math.min(rowsPerStrip, height - row) * rowBytes)],
    [0x11c, SHORT, [1]],
    ...(alpha ? [[0x152, SHORT, [2]] as const] : []),
    ...(profile ? [[0x8773, UNDEFINED, profile] as const] : []),
  ];
  // Their values change no lengths: the first head says where the samples begin.
  const dataAt = head(tags(0)).length;
  return Buffer.concat([head(tags(dataAt)), samples]);
}

type Tag = readonly [tag: number, type: number, values: ArrayLike<number>];

/** The file's first 8 bytes and its only directory, with the values that do not fit into it. */
function head(tags: readonly Tag[]): Buffer {
  const directory = Buffer.alloc(8 + 2 + tags.length * 12 + 4);
  directory.write('II*\0\x08\0\0\0', 'latin1');
  directory.writeUInt16LE(tags.length, 8);
  const parts = [directory];
  let end = directory.length;
  for (const [index, [tag, type, values]] of tags.entries()) {
    const data = valuesOf(type, values);
    const at = 10 + index * 12;
    directory.writeUInt16LE(tag, at);
    directory.writeUInt16LE(type, at + 2);
    directory.writeUInt32LE(values.length, at + 4);
    if (data.length <= 4) {
      directory.set(data, at + 8);
      continue;
    }
    directory.writeUInt32LE(end, at + 8);
    parts.push(data);
    end += data.length;
  }
  return Buffer.concat(parts);
}

function valuesOf(type: number, values: ArrayLike<number>): Buffer<ArrayBuffer> {
  // Every value begins at a whole word.
  if (type === UNDEFINED) return Buffer.concat([Uint8Array.from(values), Buffer.alloc(values.length % 2)]);
  const data = Buffer.alloc(values.length * (type === SHORT ? 2 : 4));
  for (const [i, value] of Array.from(values).entries()) {
    if (type === SHORT) data.writeUInt16LE(value, i * 2);
    else data.writeUInt32LE(value, i * 4);
  }
  return data;
}
