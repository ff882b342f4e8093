import { maxWholePixels } from '../../model/limits';
import { readHeader } from '../read/header';
import { laterScans } from '../read/jpeg-scans';
import { Undecodable } from '../read/undecodable';
import { bySharp, fromSamples } from './by-sharp';
import { decodeGif } from './decode-gif';
import type { Decoded } from './decoded';
import { repairPng } from './repair-png';
import type { Picture, Task } from './task';

/** Of the rows of a PNG that is written anew: 8 to 11 megapixels. They are in memory three times, of which one is in the estimate. */
const MAX_REPAIRED_BYTES = 2 ** 25;

/** Encoders write 10 or so; each that is tried takes as long as the picture. */
const MAX_SCANS = 12;

/** What comes before the damage of a PNG or GIF, as a still picture. */
export async function byRepair({ source, header }: Picture, task: Task): Promise<Decoded> {
  const original = { source, header: { ...header, frames: 1 } };
  if (header.kind.format === 'gif') {
    const raster = decodeGif(source, maxWholePixels(task.limits));
    return fromSamples(original, { raster, damaged: true, decoder: 'own' }, task);
  }
  const png = await repairPng(source, MAX_REPAIRED_BYTES);
  const repaired = { source: png, header: await readHeader(png) };
  const decoded = await bySharp(repaired, task);
  return { ...decoded, ...original, damaged: true, decoder: 'own' };
}

/** As many scans of a progressive JPEG as decode: a picture that is whole, but coarse. */
export async function byFirstScans({ source, header }: Picture, task: Task): Promise<Decoded> {
  for (const end of laterScans(source).slice(-MAX_SCANS).reverse()) {
    try {
      const first = { source: source.subarray(0, end), header };
      return { ...(await bySharp(first, task, { tolerant: true })), source };
    } catch (cause) {
      if (!(cause instanceof Undecodable)) throw cause;
    }
  }
  throw new Undecodable('its first scan is damaged');
}
