import sharp from 'sharp';
import type { Metadata } from '../read/metadata';
import { decodingStrictly } from '../read/sharp-errors';
import { isTiledTiff } from '../read/tiff';
import { Undecodable } from '../read/undecodable';
import type { Frame } from '../scale/frame';

/** TIFFs in tiles are asked at so many places along each side; those in strips, and PNGs, at their first row alone. */
const PLACES = 4;

/** Below such a share of rows, a picture is none. */
const LEAST_ROWS = 1 / 50;

/**
 * Whether a decoder that went past damage may have left (nearly) all of a picture as it was before: one colour. libvips leaves
 * what it cannot decode black or transparent, and does not tell it from what it has decoded.
 */
export function isFill({ data, width, height, channels }: Frame): boolean {
  const fill = data.subarray(data.length - channels);
  let rows = 0;
  for (let row = 0; row < height; row++) {
    const start = row * width * channels;
    let i = 0;
    while (i < width * channels && data[start + i] === fill[i % channels]) i++;
    if (i < width * channels) rows++;
  }
  return rows < height * LEAST_ROWS;
}

/**
 * Whether any piece of a picture decodes that the damage has spared: then one colour is the picture's own. PNG and TIFF in strips
 * end with the first piece that does not decode, so that theirs is the first row.
 */
export async function delivers(source: Uint8Array, metadata: Metadata): Promise<boolean> {
  // Of a GIF, our own decoder tells.
  if (metadata.format === 'gif') return false;
  if (metadata.format !== 'png' && metadata.format !== 'tiff') return true;
  const isTiled = metadata.format === 'tiff' && isTiledTiff(source);
  for (const place of isTiled ? grid(metadata) : [{ left: 0, top: 0 }])
    if (await decodesAt(source, place, isTiled)) return true;
  return false;
}

interface Place {
  readonly left: number;
  readonly top: number;
}

function grid({ width, height }: Metadata): Place[] {
  return Array.from({ length: PLACES * PLACES }, (_, i) => ({
    left: Math.floor((width * (i % PLACES)) / PLACES),
    top: Math.floor((height * Math.floor(i / PLACES)) / PLACES),
  }));
}

async function decodesAt(source: Uint8Array, place: Place, isTiled: boolean): Promise<boolean> {
  try {
    await decodingStrictly(isTiled, failOn =>
      sharp(source, { failOn, limitInputPixels: false })
        .extract({ ...place, width: 1, height: 1 })
        .raw()
        .toBuffer(),
    );
    return true;
  } catch (cause) {
    if (cause instanceof Undecodable) return false;
    throw cause;
  }
}
