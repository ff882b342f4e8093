import type { Rejected } from '../../model/rendering';
import type { Size } from '../../model/size';
import { mostMagickPixels } from '../admit/memory';
import { outOfMemory, tookTooLong, tooLargeForMagick } from '../admit/over-limit';
import type { Header } from '../read/header';
import { withoutAppended } from '../read/heif-end';
import { psdData } from '../read/psd-data';
import { Undecodable } from '../read/undecodable';
import { fromSamples } from './by-sharp';
import { decodeWithMagick } from './decode-magick';
import type { Decoded } from './decoded';
import type { MagickAnswer } from './magick-job';
import { type Picture, secondsLeft, type Task } from './task';

/** By ImageMagick, then by sharp from the samples that it makes. */
export async function byMagick({ source, header }: Picture, task: Task): Promise<Decoded | Rejected> {
  const { limits, deadline } = task;
  const format = header.kind.magick ?? '';
  const data = format === 'PSD' || format === 'PSB' ? psdData(source) : 'whole';
  if (data === 'nothing') throw new Undecodable('it ends before its picture');
  const answer = await decodeWithMagick(
    {
      source: format === 'HEIC' ? withoutAppended(source) : source,
      format,
      maxPixels: mostMagickPixels(header.kind.format, limits),
      maxBytes: limits.memoryMiB * 2 ** 20,
      maxSeconds: secondsLeft(task),
    },
    deadline - performance.now(),
  );
  if (answer.kind !== 'decoded') return verdictOf(answer, header, task);
  const share = shareDelivered(answer.raster, header);
  if (share < LEAST_SHARE) throw new Undecodable('hardly anything of it decodes');
  const damaged = answer.warnings > 0 || data === 'part' || share < 1;
  return fromSamples({ source, header }, { raster: answer.raster, damaged, decoder: 'magick' }, task);
}

/** Of the pixels that the header promises; with less, nothing was delivered (docs/images.md, "No blank picture"). */
const LEAST_SHARE = 1 / 50;

/** A JPEG 2000 with broken tiles comes out smaller than its header says, without a word. */
function shareDelivered({ width, height }: Size, { kind, size }: Header): number {
  const isJpeg2000 = kind.format === 'jp2' || kind.format === 'j2k';
  return isJpeg2000 && size !== undefined ? (width * height) / (size.width * size.height) : 1;
}

/**
 * What a decoder's answer means for the source.
 *
 * @throws Undecodable
 */
export function verdictOf(
  answer: Exclude<MagickAnswer, { kind: 'decoded' }>,
  header: Header,
  { variants, limits }: Task,
): Rejected {
  // ImageMagick goes on with the name of no file, and of its own source and line.
  const words = 'message' in answer ? (answer.message.split(/\.? *[`'@\n]/)[0] ?? '') : '';
  if (answer.kind === 'took too long') return tookTooLong(limits);
  if (answer.kind === 'too large') return tooLargeForMagick(answer, header, { variants, limits });
  if (answer.kind === 'out of memory') return outOfMemory(words, header, limits);
  throw new Undecodable(words);
}
