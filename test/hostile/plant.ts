/** Ways to hide a text in an image file: in metadata, between the parts that decoders read, and behind the end. */
import { crc32, deflateSync, inflateSync } from 'node:zlib';
import sharp from 'sharp';

export type Plant = (image: Buffer, secret: string) => Buffer | Promise<Buffer>;

export const behind: Plant = (image, secret) => Buffer.concat([image, Buffer.from(secret)]);

function insert(image: Buffer, at: number, part: Buffer): Buffer {
  return Buffer.concat([image.subarray(0, at), part, image.subarray(at)]);
}

const latin1 = (text: string) => Buffer.from(text, 'latin1');

function u32(value: number, littleEndian = false): Buffer {
  const bytes = Buffer.alloc(4);
  if (littleEndian) bytes.writeUInt32LE(value);
  else bytes.writeUInt32BE(value);
  return bytes;
}

/** sRGB's profile with the text as its copyright notice. ICC.1:2022, 7.3 and 9.2. */
async function profileWith(secret: string): Promise<Buffer> {
  const pixel = { create: { width: 1, height: 1, channels: 3, background: 'red' } } as const;
  const image = await sharp(pixel).withIccProfile('srgb').png().toBuffer();
  const icc = (await sharp(image).metadata()).icc ?? Buffer.alloc(0);
  const text = latin1(`text\0\0\0\0${secret}\0`);
  const grown = Buffer.concat([icc, text]);
  const entry = icc.indexOf('cprt', 128, 'latin1');
  grown.writeUInt32BE(grown.length, 0);
  grown.writeUInt32BE(icc.length, entry + 4);
  grown.writeUInt32BE(text.length, entry + 8);
  return grown;
}

// JPEG: ITU-T T.81, B.1.1; JFIF 1.02.

function segment(marker: number, payload: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(payload.length + 2, 2);
  return Buffer.concat([head, payload]);
}

export const inJpegSegment =
  (marker: number, head = ''): Plant =>
  (image, secret) =>
    insert(image, 2, segment(marker, latin1(head + secret)));

export const inJpegProfile: Plant = async (image, secret) =>
  insert(
    image,
    2,
    segment(0xe2, Buffer.concat([latin1('ICC_PROFILE\0\x01\x01'), await profileWith(secret)])),
  );

/** A thumbnail of one row of RGB in the JFIF header. */
export const inJfifThumbnail: Plant = (image, secret) => {
  const pixels = Math.ceil(secret.length / 3);
  const header = Buffer.from([...latin1('JFIF\0'), 1, 2, 0, 0, 1, 0, 1, pixels, 1]);
  const own = image.readUInt16BE(2) === 0xffe0 ? 4 + image.readUInt16BE(4) : 2;
  const payload = Buffer.concat([header, latin1(secret.padEnd(pixels * 3))]);
  return Buffer.concat([image.subarray(0, 2), segment(0xe0, payload), image.subarray(own)]);
};

/** A comment before the second scan of a progressive JPEG. */
export const betweenScans: Plant = (image, secret) => {
  const first = image.indexOf('ffda', 0, 'hex');
  const ends = ['ffc4', 'ffda'].map(marker => image.indexOf(marker, first + 2, 'hex')).filter(at => at > 0);
  return insert(image, Math.min(...ends), segment(0xfe, latin1(secret)));
};

/** Where motion photos and gain maps have a second JPEG: here one of nothing but a comment. */
export const inSecondJpeg: Plant = (image, secret) =>
  Buffer.concat([
    image,
    Buffer.from('ffd8', 'hex'),
    segment(0xfe, latin1(secret)),
    Buffer.from('ffd9', 'hex'),
  ]);

// PNG: https://www.w3.org/TR/png-3/#5Chunk-layout

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([latin1(name), data]);
  return Buffer.concat([u32(data.length), body, u32(crc32(body))]);
}

const AFTER_IHDR = 33;
const inChunk =
  (name: string, data: (secret: string) => Buffer | Promise<Buffer>): Plant =>
  async (image, secret) =>
    insert(image, AFTER_IHDR, chunk(name, await data(secret)));

export const IN_PNG: Readonly<Record<string, Plant>> = {
  tEXt: inChunk('tEXt', secret => latin1(`Comment\0${secret}`)),
  zTXt: inChunk('zTXt', secret => Buffer.concat([latin1('Comment\0\0'), deflateSync(secret)])),
  iTXt: inChunk('iTXt', secret => latin1(`XML:com.adobe.xmp\0\0\0\0\0<x>${secret}</x>`)),
  eXIf: inChunk('eXIf', secret =>
    Buffer.concat([
      Buffer.from('4d4d002a000000080001010e0002', 'hex'),
      u32(secret.length + 1),
      u32(26),
      u32(0),
      latin1(`${secret}\0`),
    ]),
  ),
  iCCP: inChunk('iCCP', async secret =>
    Buffer.concat([latin1('own\0\0'), deflateSync(await profileWith(secret))]),
  ),
  'a private chunk': inChunk('prVt', latin1),
  /** https://www.rfc-editor.org/rfc/rfc1950: nothing says that a stream ends where its chunk does. */
  'IDAT behind its stream': (image, secret) => {
    const at = image.indexOf('IDAT', 0, 'latin1') - 4;
    const end = at + 12 + image.readUInt32BE(at);
    const data = Buffer.concat([image.subarray(at + 8, end - 4), latin1(secret)]);
    return Buffer.concat([image.subarray(0, at), chunk('IDAT', data), image.subarray(end)]);
  },
};

/** All that a PNG's compressed chunks of text hold. */
export function inflatedTexts(png: Buffer): Buffer {
  const texts: Buffer[] = [];
  for (let at = 8; at + 12 <= png.length; at += 12 + png.readUInt32BE(at)) {
    const data = png.subarray(at + 8, at + 8 + png.readUInt32BE(at));
    const name = png.toString('latin1', at + 4, at + 8);
    if (name === 'zTXt' || name === 'iCCP') texts.push(inflateSync(data.subarray(data.indexOf(0) + 2)));
  }
  return Buffer.concat(texts);
}

// WebP: https://www.rfc-editor.org/rfc/rfc9649

export const inWebpChunk =
  (name: string): Plant =>
  (image, secret) => {
    const data = latin1(secret.padEnd(secret.length + (secret.length % 2)));
    const grown = Buffer.concat([image, latin1(name), u32(data.length, true), data]);
    grown.writeUInt32LE(grown.length - 8, 4);
    return grown;
  };

// GIF: https://www.w3.org/Graphics/GIF/spec-gif89a.txt, 23 to 26

export const inGifExtension =
  (label: number, head = ''): Plant =>
  (image, secret) => {
    const flags = image[10] ?? 0;
    const table = flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0;
    const blocks = [...(head ? [head] : []), secret].flatMap(text => [text.length, ...latin1(text)]);
    return insert(image, 13 + table, Buffer.from([0x21, label, ...blocks, 0]));
  };

// HEIF: ISO/IEC 14496-12, 4.2

export const inBoxBehind =
  (type: string): Plant =>
  (image, secret) =>
    Buffer.concat([image, u32(8 + secret.length), latin1(type + secret)]);

/** Exif, GPS and XMP as libvips writes them, in whatever format the image has. */
export const inExifAndXmp: Plant = async (image, secret) => {
  const written = await sharp(image, { animated: true })
    .withExif({
      IFD0: { Artist: secret, Copyright: secret, ImageDescription: secret },
      IFD3: { GPSMapDatum: secret },
    })
    .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf>${secret}</rdf></x:xmpmeta>`)
    .toBuffer();
  return written;
};
