import { rgbaToThumbHash } from 'thumbhash';
import type { Frame } from '../scale/frame';

/** The hash has at most 7 × 7 waves: more pixels would only take longer. */
const MAX_SIDE = 32;

/** A ThumbHash of a frame, in base64. https://evanw.github.io/thumbhash/ */
export function thumbhash(frame: Frame): string {
  const scale = Math.min(1, MAX_SIDE / Math.max(frame.width, frame.height));
  const width = Math.max(1, Math.round(frame.width * scale));
  const height = Math.max(1, Math.round(frame.height * scale));
  return Buffer.from(rgbaToThumbHash(width, height, shrink(frame, width, height))).toString('base64');
}

/** The most pixels of a cell that are looked at, along a side. */
const MOST_SAMPLES = 3;

// The first picture of a process meets these loops before V8 has compiled them: few rounds, indices, and no callbacks.

/** Means of pixels spread evenly over each cell, as RGBA: no more than a blurred placeholder needs. */
function shrink({ data, width, height, channels }: Frame, across: number, down: number): Uint8Array {
  const columns = samples(width, across);
  const rows = samples(height, down);
  const [perColumn, perRow] = [columns.length / across, rows.length / down];
  const rgba = new Uint8Array(across * down * 4);
  let at = 0;
  for (let y = 0; y < rows.length; y += perRow) {
    for (let x = 0; x < columns.length; x += perColumn) {
      let r = 0;
      let g = 0;
      let b = 0;
      let opacity = 0;
      for (let row = y; row < y + perRow; row++) {
        const start = (rows[row] as number) * width;
        for (let column = x; column < x + perColumn; column++) {
          const i = (start + (columns[column] as number)) * channels;
          const alpha = channels === 4 ? (data[i + 3] as number) : 255;
          r += alpha * (data[i] as number);
          g += alpha * (data[i + 1] as number);
          b += alpha * (data[i + 2] as number);
          opacity += alpha;
        }
      }
      if (opacity > 0) {
        rgba[at] = Math.round(r / opacity);
        rgba[at + 1] = Math.round(g / opacity);
        rgba[at + 2] = Math.round(b / opacity);
      }
      rgba[at + 3] = Math.round(opacity / (perColumn * perRow));
      at += 4;
    }
  }
  return rgba;
}

/** Which of `length` pixels along a side stand for its cells, as many for each. */
function samples(length: number, cells: number): Int32Array {
  const places = new Int32Array(cells * Math.min(MOST_SAMPLES, Math.ceil(length / cells)));
  for (let i = 0; i < places.length; i++) places[i] = Math.floor(((i + 0.5) * length) / places.length);
  return places;
}
