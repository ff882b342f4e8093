import sharp from 'sharp';
import { paint } from '../render/pictures';
import { bitmap, bitmapRows, bmp, icon } from '../support/bmp';
import { random } from '../support/random';

/** A source, and what a server would say that it is. */
export interface Source {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly contentType: string;
}

const [WIDTH, HEIGHT] = [96, 72];

/** Slopes and a little noise: rows differ, and no encoder makes it so small that damage meets its header alone. */
function picture(): sharp.Sharp {
  const below = random(1);
  return paint(WIDTH, HEIGHT, (x, y) => {
    const noise = below(30);
    return [x * 2 + noise, y * 3 + noise, ((x >> 4) + (y >> 4)) % 2 === 0 ? 200 : 40];
  });
}

const withAlpha = () =>
  paint(WIDTH, HEIGHT, (x, y) => [255 - x * 2, y * 3, 90, x < 48 ? 255 : 60 + ((x * y) % 150)]);

/** Three frames, one below the other. */
async function animation(): Promise<sharp.Sharp> {
  const frames = await paint(40, 120, (x, y) => [x * 6, y * 2, 40])
    .raw()
    .toBuffer();
  return sharp(frames, { raw: { width: 40, height: 120, channels: 3, pageHeight: 40 } });
}

const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="96" height="72">
  <rect width="96" height="36" fill="#c22"/><circle cx="30" cy="40" r="25" fill="#2c2"/>
  <g transform="translate(60 30)"><path d="M0 0h30v40h-30z" fill="#22c"/><text y="20">text</text></g>
</svg>`;

const GREYS = Array.from({ length: 256 }, (_, i) => [i, 255 - i, i, 0]).flat();
const index = (x: number, y: number) => [(x * 2 + y) & 255];

function plainBmp(bits: 24 | 32): Buffer {
  const pixel = (x: number, y: number) => [90, y * 3, x * 2, ...(bits === 32 ? [255] : [])];
  return bmp({
    width: WIDTH,
    height: HEIGHT,
    bits,
    rows: bitmapRows({ width: WIDTH, height: HEIGHT }, pixel),
  });
}

function indexedBmp(): Buffer {
  const rows = bitmapRows({ width: WIDTH, height: HEIGHT }, index);
  return bmp({ width: WIDTH, height: HEIGHT, bits: 8, palette: GREYS, rows });
}

/** Runs of one, two, and three pixels of a colour, and at the end of each row some that are written out. */
function runsBmp(): Buffer {
  const row = (y: number) => [
    ...Array.from({ length: 45 }, (_, i) => [1 + (i % 3), (i * 5 + y) & 255]).flat(),
    ...[0, 6, ...Array.from({ length: 6 }, (_, i) => i * 40)],
    ...[0, 0],
  ];
  const rows = Buffer.from([...Array.from({ length: HEIGHT }, (_, y) => row(y)).flat(), 0, 1]);
  return bmp({ width: WIDTH, height: HEIGHT, bits: 8, compression: 1, palette: GREYS, rows });
}

/** Twice its height, as icons have it, with a mask that hides a corner. */
function iconBitmap(side: 16 | 32, bits: 24 | 32): Buffer {
  const size = { width: side, height: side };
  const pixels = bitmapRows(size, (x, y) => [90, y * 8, x * 8, ...(bits === 32 ? [x < 8 ? 120 : 255] : [])]);
  const mask = bitmapRows({ width: side / 8, height: side }, (x, y) => [x === 0 && y < 4 ? 0xf0 : 0]);
  return bitmap({ width: side, height: side * 2, bits, rows: Buffer.concat([pixels, mask]) });
}

/** One small sound picture in each format that browsers know, by name. */
export async function sound(): Promise<Source[]> {
  const png = await picture().png().toBuffer();
  const small = await picture().resize(32, 32, { fit: 'fill' }).png().toBuffer();
  const palette = { palette: true, colours: 16, dither: 0 };
  const made: readonly (readonly [
    name: string,
    contentType: string,
    bytes: Uint8Array | Promise<Uint8Array>,
  ])[] = [
    ['jpeg', 'image/jpeg', picture().jpeg().toBuffer()],
    ['jpeg 4-4-4', 'image/jpeg', picture().jpeg({ chromaSubsampling: '4:4:4', quality: 95 }).toBuffer()],
    ['jpeg progressive', 'image/jpeg', picture().jpeg({ progressive: true }).toBuffer()],
    ['jpeg turned', 'image/jpeg', picture().withMetadata({ orientation: 6 }).jpeg().toBuffer()],
    ['jpeg grey', 'image/jpeg', picture().greyscale().jpeg().toBuffer()],
    ['jpeg cmyk', 'image/jpeg', picture().toColourspace('cmyk').jpeg().toBuffer()],
    ['png', 'image/png', png],
    ['png interlaced', 'image/png', withAlpha().png({ progressive: true }).toBuffer()],
    ['png palette', 'image/png', picture().png(palette).toBuffer()],
    ['png 16 bit', 'image/png', picture().toColourspace('rgb16').png().toBuffer()],
    ['png grey', 'image/png', picture().greyscale().png().toBuffer()],
    ['gif', 'image/gif', picture().gif({ dither: 0 }).toBuffer()],
    ['gif animated', 'image/gif', animation().then(image => image.gif({ dither: 0 }).toBuffer())],
    ['webp', 'image/webp', picture().webp().toBuffer()],
    ['webp alpha', 'image/webp', withAlpha().webp().toBuffer()],
    ['webp lossless', 'image/webp', withAlpha().webp({ lossless: true }).toBuffer()],
    ['webp animated', 'image/webp', animation().then(image => image.webp().toBuffer())],
    ['avif', 'image/avif', picture().avif({ effort: 0 }).toBuffer()],
    ['avif alpha', 'image/avif', withAlpha().avif({ effort: 0 }).toBuffer()],
    ['bmp', 'image/bmp', plainBmp(24)],
    ['bmp 32', 'image/bmp', plainBmp(32)],
    ['bmp indexed', 'image/bmp', indexedBmp()],
    ['bmp runs', 'image/bmp', runsBmp()],
    ['ico', 'image/x-icon', icon([{ side: 32, bytes: iconBitmap(32, 24) }])],
    ['ico 32 bit', 'image/x-icon', icon([{ side: 32, bytes: iconBitmap(32, 32) }])],
    ['ico of a png', 'image/x-icon', icon([{ side: 32, bytes: small }])],
    [
      'ico of two',
      'image/x-icon',
      icon([
        { side: 16, bytes: iconBitmap(16, 24) },
        { side: 32, bytes: iconBitmap(32, 32) },
      ]),
    ],
    ['svg', 'image/svg+xml', Buffer.from(SVG)],
  ];
  return Promise.all(
    made.map(async ([name, contentType, bytes]) => ({ name, contentType, bytes: await bytes })),
  );
}

const CUTS = [0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 0.97];
const EXTREMES = [0, 1, 0x7f, 0x80, 0xff];
const HEAD = 64;

type Damage = (bytes: Buffer, below: (n: number) => number) => Buffer;

/** What is done to each of them. Offsets are drawn, from a fixed seed. */
const DAMAGE: Readonly<Record<string, Damage>> = {
  ...Object.fromEntries(
    CUTS.map(share => [
      `cut at ${Math.round(share * 100)} %`,
      (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length * share)),
    ]),
  ),
  'without its last byte': bytes => bytes.subarray(0, -1),
  'a bit flipped': (bytes, below) => flip(bytes, below, { count: 1, from: 0 }),
  'a bit flipped behind its head': (bytes, below) => flip(bytes, below, { count: 1, from: HEAD }),
  'three bits flipped behind its head': (bytes, below) => flip(bytes, below, { count: 3, from: HEAD }),
  'twenty bits flipped behind its head': (bytes, below) => flip(bytes, below, { count: 20, from: HEAD }),
  'an extreme in its head': (bytes, below) => extreme(bytes, below, 1),
  'two extremes in its head': (bytes, below) => extreme(bytes, below, 2),
  'four extremes in its head': (bytes, below) => extreme(bytes, below, 4),
  'zeros in its middle': (bytes, below) => {
    const at = Math.floor(bytes.length * 0.4) + below(20);
    return bytes.fill(0, at, at + Math.floor(bytes.length / 10));
  },
  'zeros in its front': bytes => {
    const at = Math.floor(bytes.length * 0.15);
    return bytes.fill(0, at, at + Math.floor(bytes.length / 10));
  },
  'a piece missing': (bytes, below) => {
    const at = Math.floor(bytes.length * 0.5) + below(20);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 30)]);
  },
  'a piece too many': (bytes, below) => {
    const at = Math.floor(bytes.length * 0.5) + below(20);
    return Buffer.concat([bytes.subarray(0, at), Buffer.alloc(30, 0x5a), bytes.subarray(at)]);
  },
  'bytes behind its end': bytes => Buffer.concat([bytes, Buffer.alloc(300, 0x5a)]),
  'its half twice': bytes => Buffer.concat([bytes.subarray(0, bytes.length / 2), bytes]),
};

function flip(
  bytes: Buffer,
  below: (n: number) => number,
  { count, from }: { readonly count: number; readonly from: number },
): Buffer {
  for (let i = 0; i < count; i++) {
    const at = from + below(bytes.length - from);
    bytes[at] = (bytes[at] as number) ^ (1 << below(8));
  }
  return bytes;
}

function extreme(bytes: Buffer, below: (n: number) => number, length: number): Buffer {
  const at = below(HEAD - length);
  return bytes.fill(EXTREMES[below(EXTREMES.length)] as number, at, at + length);
}

/** Every kind of damage done to every sound picture. */
export function damage(sources: readonly Source[]): Source[] {
  return sources.flatMap((source, number) =>
    Object.entries(DAMAGE).map(([how, spoil], kind) => ({
      ...source,
      name: `${source.name}, ${how}`,
      bytes: spoil(Buffer.from(source.bytes), random(number * 1000 + kind)),
    })),
  );
}
