import type { Size } from '../../model/size';
import { readHeader } from '../read/header';
import { withOrientation } from '../read/orient-jpeg';
import { rawPreview } from '../read/raw-preview';
import { Undecodable } from '../read/undecodable';
import { largestReduced } from '../scale/plan';
import { bySharp } from './by-sharp';
import type { Decoded } from './decoded';
import type { Picture, Task } from './task';

/**
 * From the JPEG that a camera put beside its sensor values.
 *
 * @param options.anySize whether a preview will do that is smaller than the thumbnail
 */
export async function byPreview(
  { source, header }: Picture,
  task: Task,
  { anySize }: { readonly anySize: boolean },
): Promise<Decoded> {
  const preview = rawPreview(source);
  if (preview === undefined) throw new Undecodable('it holds no preview');
  const first = await readHeader(preview.jpeg);
  const jpeg =
    first.metadata?.orientation === undefined
      ? withOrientation(preview.jpeg, preview.orientation)
      : preview.jpeg;
  const decoded = await bySharp({ source: jpeg, header: await readHeader(jpeg) }, task);
  const needed = largestReduced(header.size ?? decoded.whole, task.variants);
  const longest = ({ width, height }: Size) => Math.max(width, height);
  if (!anySize && task.otherFormats && longest(decoded.whole) < longest(needed))
    throw new Undecodable('its preview is too small');
  return { ...decoded, source, header };
}
