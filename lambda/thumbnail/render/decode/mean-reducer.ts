import type { Size } from '../../model/size';

/** Takes a picture in pieces, and gives it reduced. */
export interface MeanReducer {
  /**
   * Adds a piece: samples of 8 bits, RGB, row by row.
   *
   * @param piece.left its place in the picture, in px, like `top`
   * @param piece.offset where its first row begins in `data`; each other one `stride` bytes further
   */
  add(piece: {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
    readonly data: Uint8Array;
    readonly offset: number;
    readonly stride: number;
  }): void;
  /** @returns samples of 8 bits, RGB; black where nothing was added */
  finish(): Uint8Array;
}

/** Of light, so many that the darkest codes, of a slope of 12.92, are told apart. */
const STEPS = 2 ** 14 - 1;

/** By IEC 61966-2-1, as the other. */
function lightOfCodes(): Float32Array {
  return Float32Array.from({ length: 256 }, (_, code) => {
    const v = code / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
}

function codesOfLight(): Uint8Array {
  return Uint8Array.from({ length: STEPS + 1 }, (_, step) => {
    const linear = step / STEPS;
    return Math.round(255 * (linear <= 0.0031308 ? linear * 12.92 : 1.055 * linear ** (1 / 2.4) - 0.055));
  });
}

/**
 * Reduces a picture to about the size that is wanted while its pieces are decoded, so that it is never in memory as a whole.
 * Each new pixel is the mean of those that it takes the place of, in linear light: the first and coarse of two steps, as a JPEG
 * decoder's reduction is.
 *
 * @param whole px
 * @param reduced px, no larger
 */
export function createMeanReducer(whole: Size, reduced: Size): MeanReducer {
  const light = lightOfCodes();
  // The first column of each new pixel, and the one behind the last; rows alike.
  const columns = Uint32Array.from({ length: reduced.width + 1 }, (_, i) =>
    Math.round((i * whole.width) / reduced.width),
  );
  const rows = Uint32Array.from({ length: reduced.height + 1 }, (_, i) =>
    Math.round((i * whole.height) / reduced.height),
  );
  const sums = new Float32Array(reduced.width * reduced.height * 3);

  return {
    add({ left, top, width, height, data, offset, stride }) {
      const right = Math.min(left + width, whole.width);
      const bottom = Math.min(top + height, whole.height);
      const firstColumn = columns.findLastIndex(start => start <= left);
      let row = rows.findLastIndex(start => start <= top);
      for (let y = top; y < bottom; y++) {
        if (y === (rows[row + 1] as number)) row++;
        let at = offset + (y - top) * stride;
        let sum = (row * reduced.width + firstColumn) * 3;
        for (let column = firstColumn, x = left; x < right; column++, sum += 3) {
          const end = Math.min(right, columns[column + 1] as number);
          let red = 0;
          let green = 0;
          let blue = 0;
          for (; x < end; x++, at += 3) {
            red += light[data[at] as number] as number;
            green += light[data[at + 1] as number] as number;
            blue += light[data[at + 2] as number] as number;
          }
          sums[sum] = (sums[sum] as number) + red;
          sums[sum + 1] = (sums[sum + 1] as number) + green;
          sums[sum + 2] = (sums[sum + 2] as number) + blue;
        }
      }
    },
    finish() {
      const coded = codesOfLight();
      const samples = new Uint8Array(sums.length);
      for (let row = 0, at = 0; row < reduced.height; row++) {
        const height = (rows[row + 1] as number) - (rows[row] as number);
        for (let column = 0; column < reduced.width; column++) {
          const scale = STEPS / (height * ((columns[column + 1] as number) - (columns[column] as number)));
          for (const end = at + 3; at < end; at++)
            samples[at] = coded[Math.round((sums[at] as number) * scale)] as number;
        }
      }
      return samples;
    },
  };
}
