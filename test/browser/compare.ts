import sharp from 'sharp';
import { type Drawn, SIDE, toSide } from './chromium';

/** Pictures are compared by the means of squares of so many px, so that it does not matter how each was scaled. */
const CELL = 4;

/**
 * How far a thumbnail is from what Chromium draws: the mean difference over all channels, 0 to 255, on white.
 *
 * Counts only where Chromium draws something, and not at the edges of that: where a picture ends half-way, scaling mixes it there
 * with what decoders leave, which is transparent in the one and black or grey in the other.
 *
 * @returns undefined where nothing is to be compared
 */
export async function differenceTo(drawn: Drawn, thumbnail: Uint8Array): Promise<number | undefined> {
  const ours = await toSide(sharp(thumbnail));
  let [sum, compared] = [0, 0];
  for (let top = 0; top < SIDE; top += CELL) {
    for (let left = 0; left < SIDE; left += CELL) {
      if (!isInside(drawn, { left, top })) continue;
      compared += 3;
      for (const c of [0, 1, 2])
        sum += Math.abs(meanOf(drawn.pixels, { left, top }, c) - meanOf(ours, { left, top }, c));
    }
  }
  return compared > 0 ? sum / compared : undefined;
}

interface Cell {
  readonly left: number;
  readonly top: number;
}

/** Whether all of a cell, and a px of the picture around it, is drawn. */
function isInside({ pixels, width, height }: Drawn, { left, top }: Cell): boolean {
  const margin = Math.ceil(SIDE / Math.min(width, height));
  const end = (from: number) => Math.min(SIDE, from + CELL + margin);
  for (let y = Math.max(0, top - margin); y < end(top); y++)
    for (let x = Math.max(0, left - margin); x < end(left); x++)
      if (pixels[(y * SIDE + x) * 4 + 3] === 0) return false;
  return true;
}

function meanOf(pixels: Uint8Array, { left, top }: Cell, channel: number): number {
  let sum = 0;
  for (let i = 0; i < CELL * CELL; i++) {
    const at = ((top + Math.floor(i / CELL)) * SIDE + left + (i % CELL)) * 4;
    const alpha = (pixels[at + 3] as number) / 255;
    sum += (pixels[at + channel] as number) * alpha + 255 * (1 - alpha);
  }
  return sum / CELL ** 2;
}
