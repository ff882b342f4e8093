import { maxWholePixels } from '../../model/limits';
import type { Decoder } from '../../model/rendering';
import { readCopyright } from '../read/copyright';
import { readHeader } from '../read/header';
import { Undecodable } from '../read/undecodable';
import { largestReduced } from '../scale/plan';
import { decodeWithSharp } from './decode-sharp';
import type { Decoded } from './decoded';
import { delivers, isFill } from './delivers';
import type { Raster } from './magick-job';
import { asTiff } from './raster-tiff';
import { type Picture, secondsLeft, type Task } from './task';
import { isTooShort } from './too-short';

/**
 * By sharp, reduced while it is decoded where that is cheaper.
 *
 * @param options.tolerant whether to go past damage
 * @throws Undecodable, TimeUp
 */
export async function bySharp(
  { source, header }: Picture,
  task: Task,
  { tolerant = false }: { readonly tolerant?: boolean } = {},
): Promise<Decoded> {
  const { variants, limits, gamut, keepCopyright } = task;
  const { metadata } = header;
  if (metadata === undefined) throw new Undecodable(header.error ?? 'no picture in it');
  const whole = metadata.autoOrient;
  const bounds = { maxPixels: limits.megapixels * 1e6, seconds: secondsLeft(task) };
  const target = largestReduced(whole, variants);
  const decoding = { metadata, target, gamut, tolerant, maxWholePixels: maxWholePixels(limits), ...bounds };
  const frame = await decodeWithSharp(header.svg?.text ?? source, decoding);
  if (tolerant && isFill(frame) && !(await delivers(source, metadata)))
    throw new Undecodable('nothing of it decodes');
  const copyright = keepCopyright ? readCopyright(metadata.exif) : {};
  const decoder = tolerant ? 'sharp tolerant' : 'sharp';
  const damaged = tolerant || isTooShort(source, header);
  return { source, header, frame, whole, damaged, copyright, decoder, ...bounds };
}

/** Colours and size of samples that another decoder made are sharp's work. */
export async function fromSamples(
  { source, header }: Picture,
  { raster, damaged, decoder }: { raster: Raster; damaged: boolean; decoder: Decoder },
  task: Task,
): Promise<Decoded> {
  const tiff = asTiff(raster);
  const rewritten: Picture = { source: tiff, header: await readHeader(tiff) };
  const decoded = await bySharp(rewritten, task);
  return { ...decoded, source, header, damaged, decoder };
}
