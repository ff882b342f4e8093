import type { Hevc } from './hevc';

/** An item to write. */
export interface WrittenItem {
  readonly id: number;
  readonly type: string;
  readonly data?: Uint8Array;
  readonly properties?: readonly Buffer[];
  /** Not 0 where it is encrypted. */
  readonly protection?: number;
  /** Where its bytes are said to be, if not where they are. */
  readonly at?: readonly [offset: number, length: number];
}

export interface WrittenReference {
  readonly type: string;
  readonly from: number;
  readonly to: readonly number[];
}

export function box(type: string, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([u32(content.length + 8), Buffer.from(type), content]);
}

export function u8(...values: readonly number[]): Buffer {
  return Buffer.from(values);
}

export function u16(...values: readonly number[]): Buffer {
  return Buffer.from(values.flatMap(value => [value >> 8, value & 255]));
}

export function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value, i * 4);
  return bytes;
}

export const ispe = (width: number, height: number) => box('ispe', u32(0, width, height));
export const irot = (quarters: number) => box('irot', u8(quarters));
/** sRGB in full range, by BT.601's matrix. */
export const nclx = box('colr', Buffer.from('nclx'), u16(1, 13, 6), u8(0x80));
export const profile = (icc: Uint8Array) => box('colr', Buffer.from('prof'), icc);
/** Keeps that size of the middle. */
export const clap = (width: number, height: number) => box('clap', u32(width, 1, height, 1, 0, 1, 0, 1));

/** An item with a picture in HEVC. */
export function hevcItem(
  id: number,
  { configuration, data, width, height }: Hevc,
  ...properties: readonly Buffer[]
): WrittenItem {
  const coded = [box('hvcC', configuration), ispe(width, height), nclx];
  return { id, type: 'hvc1', data, properties: [...coded, ...properties] };
}

/** Items into a file, the first being the picture. */
export function heifOf(
  items: readonly [WrittenItem, ...WrittenItem[]],
  references: readonly WrittenReference[] = [],
  { brand = 'heic' }: { readonly brand?: string } = {},
): Buffer {
  const ftyp = box('ftyp', Buffer.from(`${brand}\0\0\0\0${brand}mif1`, 'latin1'));
  const meta = (dataAt: number) => {
    let next = dataAt;
    const places = items.map(({ id, data = new Uint8Array(), at }) => {
      const [offset, length] = at ?? [next, data.byteLength];
      next += data.byteLength;
      return Buffer.concat([u16(id, 0, 1), u32(offset, length)]);
    });
    // Each once, as phones write them: libheif takes no more than a hundred.
    const properties = new Map(
      items.flatMap(item => item.properties ?? []).map(property => [property.toString('latin1'), property]),
    );
    const indexes = [...properties.keys()];
    return box(
      'meta',
      u32(0),
      box('hdlr', u32(0, 0), Buffer.from('pict'), u32(0, 0, 0), u8(0)),
      box('pitm', u32(0), u16(items[0].id)),
      box('iloc', u32(0), u16(0x4400, items.length), ...places),
      box(
        'iinf',
        u32(0),
        u16(items.length),
        ...items.map(({ id, type, protection = 0 }) =>
          box('infe', u32(0x2000000), u16(id, protection), Buffer.from(`${type}\0`)),
        ),
      ),
      ...(references.length > 0
        ? [
            box(
              'iref',
              u32(0),
              ...references.map(({ type, from, to }) => box(type, u16(from, to.length, ...to))),
            ),
          ]
        : []),
      box(
        'iprp',
        box('ipco', ...properties.values()),
        box(
          'ipma',
          u32(1, items.length),
          ...items.map(item => {
            const own = (item.properties ?? []).map(
              property => 0x8000 | (indexes.indexOf(property.toString('latin1')) + 1),
            );
            return Buffer.concat([u16(item.id), u8(own.length), u16(...own)]);
          }),
        ),
      ),
    );
  };
  const dataAt = ftyp.length + meta(0).length + 8;
  return Buffer.concat([
    ftyp,
    meta(dataAt),
    box('mdat', ...items.map(({ data = new Uint8Array() }) => data)),
  ]);
}
