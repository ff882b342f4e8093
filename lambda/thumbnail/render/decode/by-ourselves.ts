import { readHeader } from '../read/header';
import { type IconPicture, picturesOfIcon } from '../read/icon';
import { Undecodable } from '../read/undecodable';
import { byRepair } from './by-repair';
import { bySharp, fromSamples } from './by-sharp';
import { decodeBmp, decodeIconBitmap } from './decode-bmp';
import type { Decoded } from './decoded';
import type { Picture, Task } from './task';

/** By ourselves: a BMP, or the best picture of an icon that decodes, which may be a PNG. */
export async function byOurselves(picture: Picture, task: Task): Promise<Decoded> {
  const { source, header } = picture;
  if (header.kind.format === 'bmp')
    return fromSamples(picture, { ...decodeBmp(source), decoder: 'own' }, task);
  let failure = new Undecodable('no picture in it');
  for (const icon of picturesOfIcon(source)) {
    try {
      return await decodeOfIcon(picture, icon, task);
    } catch (cause) {
      if (!(cause instanceof Undecodable)) throw cause;
      failure = cause;
    }
  }
  throw failure;
}

async function decodeOfIcon(
  { source, header }: Picture,
  { isPng, at }: IconPicture,
  task: Task,
): Promise<Decoded> {
  if (!isPng)
    return fromSamples({ source, header }, { ...decodeIconBitmap(source, at), decoder: 'own' }, task);
  const png = source.subarray(at);
  const picture = { source: png, header: await readHeader(png) };
  try {
    const decoded = await bySharp(picture, task);
    return { ...decoded, source, header, decoder: 'own' };
  } catch (cause) {
    if (!(cause instanceof Undecodable)) throw cause;
    return { ...(await byRepair(picture, task)), source, header, decoder: 'own' };
  }
}
