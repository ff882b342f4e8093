import { startsWith } from './bytes';
import { readIfds, TAG } from './tiff';

/** Artist and copyright notice, as Exif has them. */
export interface Copyright {
  readonly artist?: string;
  readonly copyright?: string;
}

/** Reads the artist and the copyright notice out of an Exif block. */
export function readCopyright(exif: Uint8Array | undefined): Copyright {
  if (exif === undefined) return {};
  const [ifd] = readIfds(startsWith(exif, 'Exif\0\0') ? exif.subarray(6) : exif);
  const artist = utf8(ifd?.texts.get(TAG.artist));
  const copyright = utf8(ifd?.texts.get(TAG.copyright));
  return { ...(artist && { artist }), ...(copyright && { copyright }) };
}

/** Exif says ASCII; cameras and editors write UTF-8. */
function utf8(text: string | undefined): string | undefined {
  return text === undefined ? undefined : Buffer.from(text, 'latin1').toString('utf8');
}
