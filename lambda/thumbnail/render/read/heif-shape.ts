import type { Size } from '../../model/size';
import { u32be } from './bytes';
import type { Heif, HeifItem, HeifProperty } from './heif';

/** Properties that change where pixels are, in the order of their file. ISO/IEC 23008-12, 6.5.8 to 6.5.12 */
const TRANSFORMS = ['clap', 'irot', 'imir'];

export function transformsOf({ properties }: HeifItem): HeifProperty[] {
  return properties.filter(({ type }) => TRANSFORMS.includes(type));
}

/** The size of an item as it is coded, in px; undefined where it does not say. */
export function codedSize({ properties }: HeifItem): Size | undefined {
  const { content } = properties.find(({ type }) => type === 'ispe') ?? {};
  if (content?.byteLength !== 12) return undefined;
  return sizeIfAny({ width: u32be(content, 4), height: u32be(content, 8) });
}

/** The size of an item as it is shown, cut and turned, in px; undefined where it does not say. */
export function shownSize(item: HeifItem): Size | undefined {
  return transformsOf(item).reduce<Size | undefined>(
    (size, transform) => size && transformed(size, transform),
    codedSize(item),
  );
}

function transformed(size: Size, { type, content }: HeifProperty): Size | undefined {
  if (type === 'clap') return cutSize(size, content);
  const isQuarterTurn = type === 'irot' && ((content[0] ?? 0) & 1) === 1;
  return isQuarterTurn ? { width: size.height, height: size.width } : size;
}

/** `clap` has the size to keep as two fractions. ISO/IEC 14496-12, 12.1.4 */
function cutSize(whole: Size, clap: Uint8Array): Size | undefined {
  const side = (at: number) => Math.round(u32be(clap, at) / u32be(clap, at + 4));
  const size = { width: side(0), height: side(8) };
  return size.width <= whole.width && size.height <= whole.height ? sizeIfAny(size) : undefined;
}

function sizeIfAny({ width, height }: Size): Size | undefined {
  return width > 0 && height > 0 ? { width, height } : undefined;
}

/** Whether a picture, or what it is put together of, is coded as HEVC. */
export function isHevc({ picture, tile = picture }: Heif): boolean {
  return tile.type === 'hvc1';
}

/** As in Exif, by quarter turns to the left. */
const ORIENTATIONS = [1, 8, 3, 6] as const;

/**
 * How a picture that is a grid of tiles is to be turned when they have been put together, as in Exif.
 *
 * @returns undefined where it is no grid, or is cut or mirrored
 */
export function gridOrientation({ picture }: Heif): number | undefined {
  const [first, ...others] = transformsOf(picture);
  if (picture.type !== 'grid' || others.length > 0) return undefined;
  if (first === undefined) return 1;
  return first.type === 'irot' ? ORIENTATIONS[(first.content[0] ?? 0) & 3] : undefined;
}
