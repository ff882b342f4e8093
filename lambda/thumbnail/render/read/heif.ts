import { ascii, u32be, uint } from './bytes';

/** An item of a HEIF file: a coded picture, a grid of such, Exif. ISO/IEC 23008-12. */
export interface HeifItem {
  readonly id: number;
  /** Four letters: `hvc1`, `av01`, `grid`, … */
  readonly type: string;
  readonly isProtected: boolean;
  /** In the order in which they apply. */
  readonly properties: readonly HeifProperty[];
}

export interface HeifProperty {
  /** Four letters: `ispe`, `irot`, `colr`, … */
  readonly type: string;
  /** Whether a reader that does not know it may not show the item. */
  readonly isEssential: boolean;
  /** The whole box, with its head. */
  readonly box: Uint8Array;
  readonly content: Uint8Array;
}

/** What a HEIC or AVIF file says of its picture. */
export interface Heif {
  readonly picture: HeifItem;
  /** The first tile of a picture that is a grid. */
  readonly tile?: HeifItem;
  /** Items that say that they are its thumbnails (`thmb`). */
  readonly thumbnails: readonly HeifItem[];
  /** Whether another item is the picture's opacity. */
  readonly hasAlpha: boolean;
  /**
   * @returns the coded bytes of an item; undefined where they are not in the file, not in one of the plain ways to keep them
   * there, or more than `most`
   */
  dataOf(item: HeifItem, most: number): Uint8Array | undefined;
}

/** Far above what cameras write: 200 megapixels in tiles of 512 × 512 px are 800 items. */
const MAX_BOXES = 20_000;
const MAX_META_BYTES = 8 * 2 ** 20;
const MAX_THUMBNAILS = 8;
const MAX_EXTENTS = 64;
const ALPHA_TYPES = ['urn:mpeg:mpegB:cicp:systems:auxiliary:alpha', 'urn:mpeg:hevc:2015:auxid:1'];

/** What breaks the format's rules, or goes beyond our bounds. */
class Malformed extends Error {
  override readonly name = 'Malformed';
}

/**
 * Reads the `meta` box of a HEIC or AVIF file. Strict, because whatever it does not understand is left to decoders that do;
 * bounded, because people drop anything: it goes over each box once and follows no reference further.
 * ISO/IEC 14496-12 (boxes, `iloc`, `iinf`, `iref`), 23008-12 (properties).
 *
 * @returns undefined where the file has no such box, or breaks its rules
 */
export function readHeif(file: Uint8Array): Heif | undefined {
  try {
    return readMeta(file);
  } catch (cause) {
    if (cause instanceof Malformed) return undefined;
    throw cause;
  }
}

function readMeta(file: Uint8Array): Heif {
  const meta = metaOf(file);
  const boxes = childrenOf(file, meta.from + FULL_BOX, meta.end);
  const one = (type: string) => {
    const found = boxes.find(box => box.type === type);
    if (found === undefined) throw new Malformed();
    return found;
  };
  const handler = one('hdlr');
  if (ascii(file, handler.from + 8, 4) !== 'pict') throw new Malformed();

  const infos = readInfos(file, one('iinf'));
  const references = boxes.filter(({ type }) => type === 'iref').flatMap(box => readReferences(file, box));
  const properties = readProperties(file, one('iprp'));
  const itemOf = (id: number): HeifItem => {
    const info = infos.get(id);
    if (info === undefined) throw new Malformed();
    return { id, ...info, properties: properties.get(id) ?? [] };
  };
  const picture = itemOf(readPrimary(file, one('pitm')));
  const referring = (type: string) =>
    references.filter(reference => reference.type === type && reference.to.includes(picture.id));
  const tiles = references.find(({ type, from }) => type === 'dimg' && from === picture.id);
  const tile = tiles?.to[0];
  return {
    picture,
    ...(tile !== undefined && { tile: itemOf(tile) }),
    thumbnails: referring('thmb')
      .filter(({ from }) => from !== picture.id && infos.has(from))
      .slice(0, MAX_THUMBNAILS)
      .map(({ from }) => itemOf(from)),
    hasAlpha: referring('auxl').some(({ from }) => infos.has(from) && isAlpha(itemOf(from))),
    dataOf: ({ id }, most) => {
      const idat = boxes.find(({ type }) => type === 'idat');
      try {
        return dataOf(file, { iloc: one('iloc'), idat, id, most });
      } catch (cause) {
        if (cause instanceof Malformed) return undefined;
        throw cause;
      }
    },
  };
}

function isAlpha({ properties }: HeifItem): boolean {
  const { content } = properties.find(({ type }) => type === 'auxC') ?? {};
  return (
    content !== undefined && ALPHA_TYPES.some(urn => ascii(content, FULL_BOX, urn.length + 1) === `${urn}\0`)
  );
}

/** A box: its content is from `from` to `end`, its head from `start`. */
interface Box {
  readonly type: string;
  readonly start: number;
  readonly from: number;
  readonly end: number;
}

/** Version and flags. */
const FULL_BOX = 4;

function boxAt(file: Uint8Array, start: number, end: number): Box {
  if (start + 8 > end) throw new Malformed();
  const short = u32be(file, start);
  const head = short === 1 ? 16 : 8;
  if (start + head > end) throw new Malformed();
  const size = short === 1 ? u32be(file, start + 8) * 2 ** 32 + u32be(file, start + 12) : short;
  // 0 is "to the end of the file", which only the last box may be; `meta` never has to be.
  if (size < head || start + size > end) throw new Malformed();
  return { type: ascii(file, start + 4, 4), start, from: start + head, end: start + size };
}

function childrenOf(file: Uint8Array, from: number, end: number): Box[] {
  const boxes: Box[] = [];
  for (let at = from; at < end; at = boxes.at(-1)?.end ?? end) {
    if (boxes.length === MAX_BOXES) throw new Malformed();
    boxes.push(boxAt(file, at, end));
  }
  return boxes;
}

/** The first `meta` box of the file itself; what is behind it does not matter. */
function metaOf(file: Uint8Array): Box {
  let at = 0;
  for (let count = 0; count < MAX_BOXES; count++) {
    const box = boxAt(file, at, file.byteLength);
    if (box.type === 'meta') {
      if (box.end - box.from > MAX_META_BYTES) throw new Malformed();
      return box;
    }
    at = box.end;
  }
  throw new Malformed();
}

/** Reads numbers one after the other, and none beyond the end. */
function reader(file: Uint8Array, { from, end }: Pick<Box, 'from' | 'end'>) {
  let at = from;
  const skip = (bytes: number) => {
    if (bytes > end - at) throw new Malformed();
    at += bytes;
    return at - bytes;
  };
  /** @param size 0 (a number that is left out), 1, 2, 4 or 8 bytes */
  const number = (size: number): number => {
    const start = skip(size);
    if (size === 8) return u32be(file, start) * 2 ** 32 + u32be(file, start + 4);
    return uint(file, start, { size });
  };
  const text = (length: number) => ascii(file, skip(length), length);
  const versionAndFlags = () => ({ version: number(1), flags: uint(file, skip(3), { size: 3 }) });
  return { skip, number, text, versionAndFlags };
}

function readPrimary(file: Uint8Array, box: Box): number {
  const { number, versionAndFlags } = reader(file, box);
  return number(versionAndFlags().version === 0 ? 2 : 4);
}

/** `iinf`, with the `infe` of each item. ISO/IEC 14496-12, 8.11.6 */
function readInfos(file: Uint8Array, box: Box): Map<number, Pick<HeifItem, 'type' | 'isProtected'>> {
  const countBytes = reader(file, box).versionAndFlags().version === 0 ? 2 : 4;
  const infos = new Map<number, Pick<HeifItem, 'type' | 'isProtected'>>();
  for (const entry of childrenOf(file, box.from + FULL_BOX + countBytes, box.end)) {
    const { number, text, versionAndFlags } = reader(file, entry);
    const { version } = versionAndFlags();
    // Older ones have no type; a picture has one.
    if (entry.type !== 'infe' || (version !== 2 && version !== 3)) continue;
    const id = number(version === 2 ? 2 : 4);
    infos.set(id, { isProtected: number(2) !== 0, type: text(4) });
  }
  return infos;
}

interface Reference {
  readonly type: string;
  readonly from: number;
  readonly to: readonly number[];
}

/** ISO/IEC 14496-12, 8.11.12 */
function readReferences(file: Uint8Array, box: Box): Reference[] {
  const idBytes = reader(file, box).versionAndFlags().version === 0 ? 2 : 4;
  return childrenOf(file, box.from + FULL_BOX, box.end).map(child => {
    const { number } = reader(file, child);
    const from = number(idBytes);
    const count = number(2);
    return { type: child.type, from, to: Array.from({ length: count }, () => number(idBytes)) };
  });
}

/** The properties (`ipco`) of each item by the association (`ipma`) of the two. ISO/IEC 23008-12, 9.3 */
function readProperties(file: Uint8Array, box: Box): Map<number, HeifProperty[]> {
  const boxes = childrenOf(file, box.from, box.end);
  const container = boxes.find(({ type }) => type === 'ipco');
  if (container === undefined) throw new Malformed();
  const known = childrenOf(file, container.from, container.end);
  const properties = new Map<number, HeifProperty[]>();
  for (const association of boxes.filter(({ type }) => type === 'ipma')) {
    const { number, versionAndFlags } = reader(file, association);
    const { version, flags } = versionAndFlags();
    const indexBytes = flags & 1 ? 2 : 1;
    const essential = indexBytes === 2 ? 0x8000 : 0x80;
    for (let items = number(4); items > 0; items--) {
      const id = number(version === 0 ? 2 : 4);
      const own = properties.get(id) ?? [];
      properties.set(id, own);
      for (let left = number(1); left > 0; left--) {
        const value = number(indexBytes);
        const index = value & (essential - 1);
        // 0 is "none".
        if (index === 0) continue;
        const property = known[index - 1];
        if (property === undefined) throw new Malformed();
        own.push({
          type: property.type,
          isEssential: (value & essential) !== 0,
          box: file.subarray(property.start, property.end),
          content: file.subarray(property.from, property.end),
        });
      }
    }
  }
  return properties;
}

const IN_FILE = 0;
const IN_IDAT = 1;

/** ISO/IEC 14496-12, 8.11.3 */
function dataOf(
  file: Uint8Array,
  { iloc, idat, id, most }: { iloc: Box; idat: Box | undefined; id: number; most: number },
): Uint8Array | undefined {
  const { number, skip, versionAndFlags } = reader(file, iloc);
  const { version } = versionAndFlags();
  if (version > 2) return undefined;
  const sizes = number(2);
  const [offsetBytes, lengthBytes, baseBytes] = [sizes >> 12, (sizes >> 8) & 15, (sizes >> 4) & 15] as const;
  const indexBytes = version === 0 ? 0 : sizes & 15;
  if (![offsetBytes, lengthBytes, baseBytes, indexBytes].every(bytes => [0, 4, 8].includes(bytes)))
    return undefined;
  for (let items = number(version === 2 ? 4 : 2); items > 0; items--) {
    const isWanted = number(version === 2 ? 4 : 2) === id;
    const method = version === 0 ? IN_FILE : number(2) & 15;
    const otherFile = number(2);
    const base = number(baseBytes);
    const extents = number(2);
    if (!isWanted) {
      skip(extents * (indexBytes + offsetBytes + lengthBytes));
      continue;
    }
    const place = method === IN_FILE ? { from: 0, end: file.byteLength } : idat;
    if (otherFile !== 0 || method > IN_IDAT || place === undefined || extents > MAX_EXTENTS) return undefined;
    const parts: Uint8Array[] = [];
    let total = 0;
    for (let left = extents; left > 0; left--) {
      skip(indexBytes);
      const from = place.from + base + number(offsetBytes);
      const length = number(lengthBytes);
      total += length;
      // A length of 0 is "to the end of the file".
      if (length === 0 || from + length > place.end || total > most) return undefined;
      parts.push(file.subarray(from, from + length));
    }
    return parts.length === 1 ? parts[0] : Buffer.concat(parts);
  }
  return undefined;
}
