import { paint } from './pictures';

/**
 * A minimal DNG: a Bayer mosaic of 8-bit values in the main directory and, if wanted, a JPEG preview in a second one.
 * DNG 1.7, "DNG tags".
 */
export async function dngOf(
  width: number,
  height: number,
  { preview, orientation = 1 }: { preview?: Buffer; orientation?: number } = {},
): Promise<Buffer> {
  const mosaic = Buffer.alloc(width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) mosaic[y * width + x] = y < height / 2 ? 200 : 60;
  const entries = (dataOffset: number, nextIfd: number, ifdOffset: number) =>
    directory(ifdOffset, nextIfd, [
      [0xfe, 4, [0]],
      [0x100, 4, [width]],
      [0x101, 4, [height]],
      [0x102, 3, [8]],
      [0x103, 3, [1]],
      [0x106, 3, [32803]],
      [0x10f, 2, [...Buffer.from('Test\0')]],
      [0x110, 2, [...Buffer.from('Test\0')]],
      [0x111, 4, [dataOffset]],
      [0x112, 3, [orientation]],
      [0x115, 3, [1]],
      [0x116, 4, [height]],
      [0x117, 4, [mosaic.length]],
      [0x828d, 3, [2, 2]],
      [0x828e, 1, [0, 1, 1, 2]],
      [0xc612, 1, [1, 4, 0, 0]],
      [0xc614, 2, [...Buffer.from('Test Test\0')]],
      [0xc621, 10, [1, 1, 0, 1, 0, 1, 0, 1, 1, 1, 0, 1, 0, 1, 0, 1, 1, 1]],
      [0xc65a, 3, [21]],
    ]);
  const first = entries(0, 0, 8).length;
  const second = preview === undefined ? Buffer.alloc(0) : directory(8 + first, 0, previewTags(0, 0));
  const dataOffset = 8 + first + second.length;
  const parts = [
    Buffer.from('II*\0\x08\0\0\0', 'latin1'),
    entries(dataOffset, preview === undefined ? 0 : 8 + first, 8),
    ...(preview === undefined
      ? []
      : [directory(8 + first, 0, previewTags(dataOffset + mosaic.length, preview.length))]),
    mosaic,
    ...(preview === undefined ? [] : [preview]),
  ];
  return Buffer.concat(parts);
}

/** The picture in the preview: red on the left, blue on the right. */
export function previewOf(width: number, height: number): Promise<Buffer> {
  return paint(width, height, x => (x < width / 2 ? [255, 0, 0] : [0, 0, 255]))
    .jpeg()
    .toBuffer();
}

type Tag = readonly [tag: number, type: number, values: readonly number[]];

function previewTags(offset: number, length: number): Tag[] {
  return [
    [0xfe, 4, [1]],
    [0x103, 3, [7]],
    [0x111, 4, [offset]],
    [0x117, 4, [length]],
  ];
}

const TYPE_SIZE: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 10: 4 };

function directory(at: number, next: number, tags: readonly Tag[]): Buffer {
  const head = Buffer.alloc(2 + tags.length * 12 + 4);
  const extra: Buffer[] = [];
  let extraAt = at + head.length;
  head.writeUInt16LE(tags.length);
  tags.forEach(([tag, type, values], i) => {
    const size = TYPE_SIZE[type] ?? 1;
    const data = Buffer.alloc(Math.max(4, values.length * size));
    values.forEach((value, j) => {
      if (size === 1) data.writeUInt8(value, j);
      else if (size === 2) data.writeUInt16LE(value, j * 2);
      else data.writeUInt32LE(value, j * 4);
    });
    const entry = 2 + i * 12;
    head.writeUInt16LE(tag, entry);
    head.writeUInt16LE(type, entry + 2);
    head.writeUInt32LE(type === 10 ? values.length / 2 : values.length, entry + 4);
    if (data.length <= 4) data.copy(head, entry + 8);
    else {
      head.writeUInt32LE(extraAt, entry + 8);
      extra.push(data);
      extraAt += data.length;
    }
  });
  head.writeUInt32LE(next, head.length - 4);
  return Buffer.concat([head, ...extra]);
}
