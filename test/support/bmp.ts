/** What to write; the defaults are a bitmap of 8 × 4 px and 24 bits a pixel, all black. */
export interface Bitmap {
  readonly width?: number;
  /** Negative for rows from the top down. */
  readonly height?: number;
  readonly bits?: 1 | 4 | 8 | 16 | 24 | 32;
  /** 0: none, 1: RLE8, 2: RLE4, 3: bit fields (which `rows` begins with). */
  readonly compression?: number;
  /** Blue, green, red and 0 for each colour. */
  readonly palette?: readonly number[];
  /** Each padded to 4 bytes; see {@link bitmapRows}. */
  readonly rows?: Uint8Array;
}

/** A device-independent bitmap of version 3, as icons hold it. https://learn.microsoft.com/windows/win32/gdi/bitmap-storage */
export function bitmap({
  width = 8,
  height = 4,
  bits = 24,
  compression = 0,
  palette = [],
  rows = bitmapRows({ width, height: Math.abs(height) }, () => [0, 0, 0]),
}: Bitmap): Buffer {
  const head = Buffer.alloc(40);
  head.writeUInt32LE(40, 0);
  head.writeInt32LE(width, 4);
  head.writeInt32LE(height, 8);
  head.writeUInt16LE(1, 12);
  head.writeUInt16LE(bits, 14);
  head.writeUInt32LE(compression, 16);
  head.writeUInt32LE(palette.length / 4, 32);
  return Buffer.concat([head, Buffer.from(palette), rows]);
}

/** A BMP file. */
export function bmp(options: Bitmap): Buffer {
  const { palette = [], compression = 0 } = options;
  const body = bitmap(options);
  const head = Buffer.alloc(14);
  head.write('BM');
  head.writeUInt32LE(head.length + body.length, 2);
  head.writeUInt32LE(head.length + 40 + palette.length + (compression === 3 ? 12 : 0), 10);
  return Buffer.concat([head, body]);
}

/** A BMP whose header promises a size and whose pixels are missing. */
export function bmpWithoutPixels(width: number, height: number): Buffer {
  return bmp({ width, height, rows: Buffer.alloc(146) });
}

/** Rows from the bottom up, one byte for each channel (or for each index) of a pixel. */
export function bitmapRows(
  { width, height }: { readonly width: number; readonly height: number },
  pixel: (x: number, y: number) => readonly number[],
): Buffer {
  return Buffer.concat(
    Array.from({ length: height }, (_, i) => {
      const row = Array.from({ length: width }, (_, x) => pixel(x, height - 1 - i)).flat();
      return Buffer.from([...row, ...Array(-row.length & 3).fill(0)]);
    }),
  );
}

/** An icon of pictures: bitmaps of twice their height with a mask behind them, or PNGs. */
export function icon(pictures: readonly { readonly side: number; readonly bytes: Uint8Array }[]): Buffer {
  const head = Buffer.alloc(6 + 16 * pictures.length);
  head.set([0, 0, 1, 0, pictures.length, 0]);
  let at = head.length;
  pictures.forEach(({ side, bytes }, i) => {
    const entry = 6 + i * 16;
    head.set([side, side], entry);
    head.writeUInt32LE(bytes.length, entry + 8);
    head.writeUInt32LE(at, entry + 12);
    at += bytes.length;
  });
  return Buffer.concat([head, ...pictures.map(({ bytes }) => bytes)]);
}
