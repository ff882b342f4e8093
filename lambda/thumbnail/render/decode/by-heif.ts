import type { Rejected } from '../../model/rendering';
import type { Size } from '../../model/size';
import { readCopyright } from '../read/copyright';
import { readHeader } from '../read/header';
import { withoutAppended } from '../read/heif-end';
import { gridOrientation, shownSize } from '../read/heif-shape';
import { ownThumbnail } from '../read/heif-thumbnail';
import { Undecodable } from '../read/undecodable';
import { heicReduction } from '../scale/heic-reduction';
import { largestReduced } from '../scale/plan';
import { verdictOf } from './by-magick';
import { bySharp, fromSamples } from './by-sharp';
import { decodeHeic } from './decode-heic';
import type { Decoded } from './decoded';
import { isFill } from './delivers';
import type { Picture, Task } from './task';

/** A HEIC by libheif, which reduces it where that is wanted, then by sharp from the samples that it makes. */
export async function byLibheif({ source, header }: Picture, task: Task): Promise<Decoded | Rejected> {
  const { limits, deadline } = task;
  const shown = header.heif && shownSize(header.heif.picture);
  const answer = await decodeHeic(
    {
      source: withoutAppended(source),
      tileOrientation: header.heif && gridOrientation(header.heif),
      reduction: shown ? heicReduction(shown, largestReduced(shown, task.variants)) : 1,
      // The memory that it was let in with is for what its header says.
      maxPixels: header.size ? codedPixels(header.size) : limits.megapixels * 1e6,
      maxBytes: limits.memoryMiB * 2 ** 20,
    },
    deadline - performance.now(),
  );
  if (answer.kind !== 'decoded') return verdictOf(answer, header, task);
  const { raster, whole, damaged } = answer;
  const decoded = await fromSamples({ source, header }, { raster, damaged, decoder: 'heif' }, task);
  return { ...decoded, whole: raster.orientation > 4 ? turned(whole) : whole };
}

/** HEVC codes whole blocks, of 64 px at most, and says then what of them to show. */
const BLOCK = 64;

function codedPixels({ width, height }: Size): number {
  return Math.ceil(width / BLOCK) * Math.ceil(height / BLOCK) * BLOCK ** 2;
}

function turned({ width, height }: Size): Size {
  return { width: height, height: width };
}

/** What share of the time that is left a thumbnail may take: the picture may have to be decoded after it. */
const THUMBNAIL_TIME = 1 / 4;

/** From the thumbnail that a HEIC or AVIF carries of its picture. */
export async function byOwnThumbnail({ source, header }: Picture, task: Task): Promise<Decoded> {
  const whole = header.heif && shownSize(header.heif.picture);
  const small = header.heif && whole && ownThumbnail(header.heif, largestReduced(whole, task.variants));
  if (whole === undefined || small === undefined) throw new Undecodable('it has no thumbnail of its own');
  const thumbnail = { source: small, header: await readHeader(small) };
  const now = performance.now();
  const within = { ...task, deadline: now + (task.deadline - now) * THUMBNAIL_TIME };
  const decoded =
    thumbnail.header.metadata === undefined
      ? await byLibheif(thumbnail, within)
      : await bySharp(thumbnail, within);
  if ('reason' in decoded || decoded.damaged || isFill(decoded.frame))
    throw new Undecodable('its own thumbnail is damaged');
  const copyright = task.keepCopyright ? readCopyright(header.metadata?.exif) : {};
  return { ...decoded, source, header, whole, copyright };
}
