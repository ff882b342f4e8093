import { once } from 'node:events';
import { promisify } from 'node:util';
import { crc32, createInflate, deflate } from 'node:zlib';
import { ascii, startsWith, u32be } from '../read/bytes';
import { Undecodable } from '../read/undecodable';

interface PngHeader {
  readonly width: number;
  readonly height: number;
  readonly bitsPerPixel: number;
  readonly interlaced: boolean;
}

/** Of one pass, or of a whole picture that is not interlaced: where its pixels are, and what each stands for until others come. */
interface Pass {
  readonly left: number;
  readonly top: number;
  readonly stepX: number;
  readonly stepY: number;
  readonly blockWidth: number;
  readonly blockHeight: number;
}

const SIGNATURE = '\x89PNG\r\n\x1a\n';
/** Of each colour type. https://www.w3.org/TR/png-3/#11IHDR */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** What the samples mean, and which way up they are. */
const KEPT = ['PLTE', 'tRNS', 'iCCP', 'sRGB', 'gAMA', 'cHRM', 'cICP', 'eXIf'];
const WHOLE: Pass = { left: 0, top: 0, stepX: 1, stepY: 1, blockWidth: 1, blockHeight: 1 };
/** https://www.w3.org/TR/png-3/#8InterlaceMethods */
const ADAM7: readonly Pass[] = [
  { left: 0, top: 0, stepX: 8, stepY: 8, blockWidth: 8, blockHeight: 8 },
  { left: 4, top: 0, stepX: 8, stepY: 8, blockWidth: 4, blockHeight: 8 },
  { left: 0, top: 4, stepX: 4, stepY: 8, blockWidth: 4, blockHeight: 4 },
  { left: 2, top: 0, stepX: 4, stepY: 4, blockWidth: 2, blockHeight: 4 },
  { left: 0, top: 2, stepX: 2, stepY: 4, blockWidth: 2, blockHeight: 2 },
  { left: 1, top: 0, stepX: 2, stepY: 2, blockWidth: 1, blockHeight: 2 },
  { left: 0, top: 1, stepX: 1, stepY: 2, blockWidth: 1, blockHeight: 1 },
];

/**
 * Writes a PNG anew with the rows that can be read before the damage; those that cannot are 0 (black, or transparent), and an
 * interlaced one has the blocks of its last pass that is there. libpng, through sharp, drops up to 8 KiB of what comes before
 * the damage, which is all of a small picture, and all of an interlaced one.
 *
 * @param maxBytes of the picture's rows, which are in memory several times
 * @throws Undecodable where not one row is there, or the picture is larger than that
 */
export async function repairPng(source: Uint8Array, maxBytes: number): Promise<Buffer> {
  const header = readPngHeader(source);
  const { width, height, bitsPerPixel, interlaced } = header;
  const rowBytes = bytesOf(width, bitsPerPixel);
  if ((rowBytes + 1) * height > maxBytes)
    throw new Undecodable('it is damaged, and too large to be repaired');
  const { kept, data } = readChunks(source);
  // Interlaced rows have more filter bytes and paddings: at most three for each row of the whole.
  const inflated = await inflateAll(data, { most: (rowBytes + 3) * height * 2, piece: rowBytes + 1 });

  const rows = Buffer.alloc((rowBytes + 1) * height);
  let at = 0;
  for (const pass of interlaced ? ADAM7 : [WHOLE]) {
    const passWidth = Math.ceil((width - pass.left) / pass.stepX);
    const passHeight = Math.ceil((height - pass.top) / pass.stepY);
    if (passWidth <= 0 || passHeight <= 0) continue;
    const passBytes = bytesOf(passWidth, bitsPerPixel);
    let above: Uint8Array = new Uint8Array(passBytes);
    for (let y = 0; y < passHeight; y++, at += passBytes + 1) {
      const row = inflated.subarray(at + 1, at + 1 + passBytes);
      const isThere =
        row.length === passBytes && unfilter(row, { filter: inflated[at], above, bitsPerPixel });
      if (!isThere && at === 0) throw new Undecodable('not one row of pixels is there');
      if (!isThere) return write(source, kept, rows);
      place(row, rows, { header, pass, y });
      above = row;
    }
  }
  return write(source, kept, rows);
}

function readPngHeader(source: Uint8Array): PngHeader {
  const [depth = 0, type = 0, , , interlace] = source.subarray(24, 29);
  const channels = CHANNELS[type];
  const [width, height] = [u32be(source, 16), u32be(source, 20)];
  const isSound =
    startsWith(source, 'IHDR', 12) && [1, 2, 4, 8, 16].includes(depth) && width > 0 && height > 0;
  if (!isSound || channels === undefined) throw new Undecodable('its header makes no sense');
  return { width, height, bitsPerPixel: depth * channels, interlaced: interlace === 1 };
}

/** What is kept of the chunks as it is, and the picture's data. Checksums are passed over, and so are chunks of unknown names. */
function readChunks(source: Uint8Array): { kept: Buffer[]; data: Uint8Array[] } {
  const kept: Buffer[] = [];
  const data: Uint8Array[] = [];
  for (let at = 33; at + 8 < source.byteLength; ) {
    const [length, type] = [u32be(source, at), ascii(source, at + 4, 4)];
    const content = source.subarray(at + 8, at + 8 + length);
    if (type === 'IEND') break;
    if (type === 'IDAT') data.push(content);
    else if (KEPT.includes(type) && content.length === length) kept.push(chunk(type, content));
    at += length + 12;
  }
  return { kept, data };
}

/**
 * Inflates as far as it goes.
 *
 * @param options.most after which nothing more is wanted
 * @param options.piece how much of what comes right before the damage may be lost
 */
async function inflateAll(
  data: readonly Uint8Array[],
  { most, piece }: { readonly most: number; readonly piece: number },
): Promise<Buffer> {
  const inflate = createInflate({ chunkSize: Math.min(16_384, Math.max(64, piece)) });
  const pieces: Buffer[] = [];
  let total = 0;
  inflate.on('data', (piece: Buffer) => {
    pieces.push(piece);
    total += piece.length;
    if (total > most) inflate.destroy();
  });
  // Damage, or an end that comes early, is what is expected here: what came before is taken.
  inflate.on('error', () => undefined);
  const closed = once(inflate, 'close').catch(() => undefined);
  inflate.end(Buffer.concat(data));
  await closed;
  return Buffer.concat(pieces);
}

/**
 * Undoes a row's filter, in place. https://www.w3.org/TR/png-3/#9Filters
 *
 * @returns false where there is no such filter
 */
function unfilter(
  row: Uint8Array,
  {
    filter = 5,
    above,
    bitsPerPixel,
  }: { filter: number | undefined; above: Uint8Array; bitsPerPixel: number },
): boolean {
  if (filter > 4) return false;
  const step = Math.max(1, bitsPerPixel >> 3);
  for (let i = 0; filter > 0 && i < row.length; i++) {
    const left = i < step ? 0 : (row[i - step] as number);
    const up = above[i] as number;
    let predicted = up;
    if (filter === 1) predicted = left;
    else if (filter === 3) predicted = (left + up) >> 1;
    else if (filter === 4) predicted = paeth(left, up, i < step ? 0 : (above[i - step] as number));
    row[i] = (row[i] as number) + predicted;
  }
  return true;
}

function paeth(left: number, up: number, corner: number): number {
  const byLeft = Math.abs(up - corner);
  const byUp = Math.abs(left - corner);
  const byCorner = Math.abs(left + up - 2 * corner);
  if (byLeft <= byUp && byLeft <= byCorner) return left;
  return byUp <= byCorner ? up : corner;
}

/** Puts a row of a pass where its pixels belong, each with its block. */
function place(
  row: Uint8Array,
  rows: Buffer,
  { header, pass, y }: { readonly header: PngHeader; readonly pass: Pass; readonly y: number },
): void {
  const { width, height, bitsPerPixel } = header;
  const stride = bytesOf(width, bitsPerPixel) + 1;
  const top = pass.top + y * pass.stepY;
  if (pass === WHOLE) {
    rows.set(row, top * stride + 1);
    return;
  }
  for (let to = top; to < Math.min(height, top + pass.blockHeight); to++) {
    const target = rows.subarray(to * stride + 1, (to + 1) * stride);
    for (let i = 0, x = pass.left; x < width; i++, x += pass.stepX)
      for (let column = x; column < Math.min(width, x + pass.blockWidth); column++)
        copyPixel(row, target, { from: i, to: column, bitsPerPixel });
  }
}

function copyPixel(
  source: Uint8Array,
  target: Uint8Array,
  { from, to, bitsPerPixel }: { readonly from: number; readonly to: number; readonly bitsPerPixel: number },
): void {
  if (bitsPerPixel >= 8) {
    const bytes = bitsPerPixel >> 3;
    for (let i = 0; i < bytes; i++) target[to * bytes + i] = source[from * bytes + i] as number;
    return;
  }
  const mask = (1 << bitsPerPixel) - 1;
  const shiftOf = (pixel: number) => 8 - bitsPerPixel - ((pixel * bitsPerPixel) & 7);
  const value = ((source[(from * bitsPerPixel) >> 3] as number) >> shiftOf(from)) & mask;
  const at = (to * bitsPerPixel) >> 3;
  target[at] = ((target[at] as number) & ~(mask << shiftOf(to))) | (value << shiftOf(to));
}

async function write(source: Uint8Array, kept: readonly Buffer[], rows: Buffer): Promise<Buffer> {
  const header = Buffer.from(source.subarray(16, 29));
  // Deflate, the one set of filters, not interlaced.
  header.set([0, 0, 0], 10);
  const data = await promisify(deflate)(rows, { level: 1 });
  const chunks = [chunk('IHDR', header), ...kept, chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from(SIGNATURE, 'latin1'), ...chunks]);
}

function chunk(type: string, content: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  checksum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, checksum]);
}

function bytesOf(pixels: number, bitsPerPixel: number): number {
  return Math.ceil((pixels * bitsPerPixel) / 8);
}
