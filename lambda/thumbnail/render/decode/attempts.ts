import type { Rejected } from '../../model/rendering';
import { isHevc } from '../read/heif-shape';
import { firstNumber, readIfds, TAG } from '../read/tiff';
import { byLibheif, byOwnThumbnail } from './by-heif';
import { byMagick } from './by-magick';
import { byOurselves } from './by-ourselves';
import { byPreview } from './by-preview';
import { byFirstScans, byRepair } from './by-repair';
import { bySharp } from './by-sharp';
import type { Decoded } from './decoded';
import type { Picture, Task } from './task';

export type Attempt = () => Promise<Decoded | Rejected>;

/** What we decode ourselves, because ImageMagick refuses much of it that browsers show. */
const OWN_FORMATS = ['bmp', 'ico', 'cur'];

/** The ways to decode a picture, the best first: each throws Undecodable where the next one may do better. */
export function attempts(picture: Picture, task: Task): Attempt[] {
  const { kind, metadata, heif, frames, progressive } = picture.header;
  const { format } = kind;
  const isForSharp = metadata !== undefined && !isOldJpeg(picture);
  const isAnimated = frames > 1 && task.variants.some(({ animated }) => animated);
  const other = heif !== undefined && isHevc(heif) ? byLibheif : byMagick;
  const ways: readonly (readonly [isApt: boolean, attempt: Attempt])[] = [
    [
      heif !== undefined && heif.thumbnails.length > 0 && (kind.sharp || task.otherFormats),
      () => byOwnThumbnail(picture, task),
    ],
    [format === 'raw', () => byPreview(picture, task, { anySize: false })],
    [isForSharp, () => bySharp(picture, task)],
    [format === 'png', () => byRepair(picture, task)],
    [isForSharp && (format !== 'gif' || isAnimated), () => bySharp(picture, task, { tolerant: true })],
    [format === 'gif', () => byRepair(picture, task)],
    [format === 'jpeg' && progressive, () => byFirstScans(picture, task)],
    [OWN_FORMATS.includes(format) && task.otherFormats, () => byOurselves(picture, task)],
    [kind.magick !== undefined && task.otherFormats, () => other(picture, task)],
    [format === 'raw', () => byPreview(picture, task, { anySize: true })],
  ];
  return ways.flatMap(([isApt, attempt]) => (isApt ? [attempt] : []));
}

const OLD_STYLE_JPEG = 6;

/** sharp's libtiff is built without this coding, for which it gives black without an error. ImageMagick's has it. */
function isOldJpeg({ source, header }: Picture): boolean {
  return (
    header.kind.format === 'tiff' && firstNumber(readIfds(source)[0], TAG.compression) === OLD_STYLE_JPEG
  );
}
