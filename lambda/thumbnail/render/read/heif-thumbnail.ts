import type { Size } from '../../model/size';
import type { Heif, HeifItem, HeifProperty } from './heif';
import { shownSize, transformsOf } from './heif-shape';

/** A thumbnail of 2 megapixels is well below it. */
const MAX_BYTES = 4 * 2 ** 20;
/** The sides of a thumbnail are whole numbers, of some writers even ones. */
const ROUNDING_PX = 2;

/**
 * The thumbnail that a HEIC or AVIF carries of its picture, in a file of its own: a few kilobytes for a decoder.
 *
 * Used are only those of the picture's shape and orientation that are no smaller than `needed`, of the picture's coding and not
 * encrypted. One of another shape shows something else, or lacks the picture's orientation.
 *
 * @param needed px, upright
 * @returns the smallest of them; undefined where there is none
 */
export function ownThumbnail(heif: Heif, needed: Size): Uint8Array | undefined {
  const { picture, tile = picture, thumbnails, hasAlpha } = heif;
  const whole = shownSize(picture);
  if (whole === undefined || hasAlpha) return undefined;
  const usable = thumbnails
    .map(item => ({ item, size: shownSize(item) ?? { width: 0, height: 0 } }))
    .filter(
      ({ item, size }) =>
        item.type === tile.type &&
        !item.isProtected &&
        size.width >= needed.width &&
        size.height >= needed.height &&
        size.width < whole.width &&
        hasShapeOf(whole, size) &&
        hasSamePlacement(item, picture) &&
        item.properties.every(({ type, isEssential }) => !isEssential || COPIED.includes(type)),
    )
    .sort((a, b) => a.size.width - b.size.width);
  for (const { item } of usable) {
    const data = heif.dataOf(item, MAX_BYTES);
    if (data !== undefined) return fileOf(item, { data, profile: profileOf(heif) });
  }
  return undefined;
}

/** Whether one is the other, reduced. */
function hasShapeOf(whole: Size, { width, height }: Size): boolean {
  return (
    Math.abs(height - (width * whole.height) / whole.width) <= ROUNDING_PX ||
    Math.abs(width - (height * whole.width) / whole.height) <= ROUNDING_PX
  );
}

/** Whether two items are turned and mirrored alike, and their pixels have the same shape. */
function hasSamePlacement(a: HeifItem, b: HeifItem): boolean {
  const placement = (item: HeifItem) =>
    [
      ...transformsOf(item).filter(({ type }) => type !== 'clap'),
      ...item.properties.filter(property => property.type === 'pasp' && !isSquare(property)),
    ].map(({ box }) => Buffer.from(box).toString('latin1'));
  return placement(a).join() === placement(b).join();
}

function isSquare({ content }: HeifProperty): boolean {
  return Buffer.compare(content.subarray(0, 4), content.subarray(4, 8)) === 0;
}

/** The picture's colour profile, which a grid may leave to its tiles. */
function profileOf({ picture, tile }: Heif): HeifProperty | undefined {
  return [...picture.properties, ...(tile?.properties ?? [])].find(isProfile);
}

/** `colr` may also give the numbers of a standard (`nclx`), which each coded picture has for itself. */
function isProfile({ type, content }: HeifProperty): boolean {
  return type === 'colr' && ['prof', 'rICC'].includes(Buffer.from(content.subarray(0, 4)).toString('latin1'));
}

/** What a decoder needs to know of an item, and can. */
const COPIED = ['ispe', 'hvcC', 'av1C', 'pixi', 'colr', 'pasp', 'clap', 'irot', 'imir'];

/** A file that holds one item and nothing else. */
function fileOf(
  item: HeifItem,
  { data, profile }: { data: Uint8Array; profile: HeifProperty | undefined },
): Uint8Array {
  const own = item.properties.filter(({ type }) => COPIED.includes(type));
  const properties = profile && !own.some(isProfile) ? [...own, profile] : own;
  const brand = item.type === 'av01' ? 'avif' : 'heic';
  const ftyp = box('ftyp', Buffer.from(`${brand}\0\0\0\0${brand}mif1`, 'latin1'));
  const meta = (dataAt: number) =>
    box(
      'meta',
      u32(0),
      box('hdlr', u32(0, 0), Buffer.from('pict'), u32(0, 0, 0), u8(0)),
      box('pitm', u32(0), u16(1)),
      box(
        'iloc',
        u32(0),
        // Offsets and lengths of 4 bytes; one item of one extent, in this file.
        u16(0x4400, 1, 1, 0, 1),
        u32(dataAt, data.byteLength),
      ),
      box('iinf', u32(0), u16(1), box('infe', u32(0x2000000), u16(1, 0), Buffer.from(`${item.type}\0`))),
      box(
        'iprp',
        box('ipco', ...properties.map(({ box }) => box)),
        box(
          'ipma',
          u32(0, 1),
          u16(1),
          u8(
            properties.length,
            ...properties.map(({ isEssential }, i) => (i + 1) | (isEssential ? 0x80 : 0)),
          ),
        ),
      ),
    );
  return Buffer.concat([ftyp, meta(ftyp.length + meta(0).length + 8), box('mdat', data)]);
}

function box(type: string, ...parts: readonly Uint8Array[]): Buffer {
  const size = parts.reduce((sum, { byteLength }) => sum + byteLength, 8);
  return Buffer.concat([u32(size), Buffer.from(type), ...parts]);
}

function u8(...values: readonly number[]): Buffer {
  return Buffer.from(values);
}

function u16(...values: readonly number[]): Buffer {
  return Buffer.from(values.flatMap(value => [value >> 8, value & 255]));
}

function u32(...values: readonly number[]): Buffer {
  return Buffer.from(
    values.flatMap(value => [value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255]),
  );
}
