import { ascii, u16be, u32be } from './bytes';
import type { Encoding } from './encode';
import type { Header } from './header';

/** Qualities to try, as shares of the wanted one, while a thumbnail has more bytes than a source of its size. */
export const QUALITY_STEPS = [0.75, 0.5, 0.3, 0.15] as const;

/**
 * The source's own bytes without their metadata, where they can stand for the thumbnail: same encoding, upright, in sRGB,
 * not animated. undefined where they cannot.
 */
export function sourceAsThumbnail(
  source: Uint8Array,
  header: Header,
  encoding: Encoding,
): Uint8Array | undefined {
  const { metadata, kind } = header;
  if (metadata === undefined || kind.format !== encoding || header.frames > 1) return undefined;
  const plain =
    (metadata.orientation ?? 1) === 1 && !metadata.hasProfile && ['srgb', 'b-w'].includes(metadata.space);
  if (!plain) return undefined;
  if (encoding === 'jpeg') return stripJpeg(source);
  if (encoding === 'png') return stripPng(source);
  return undefined;
}

/** Keeps what decodes: JFIF (APP0) and Adobe's transform (APP14), but no other APPn, no comment, nothing behind the end. */
function stripJpeg(source: Uint8Array): Uint8Array | undefined {
  const parts = [source.subarray(0, 2)];
  for (let at = 2; at + 4 <= source.byteLength; ) {
    const marker = source[at + 1] ?? 0;
    if (source[at] !== 0xff || marker === 0xff) return undefined;
    if (marker === 0xda) {
      const end = Buffer.from(source.buffer, source.byteOffset, source.byteLength).lastIndexOf(
        'ffd9',
        undefined,
        'hex',
      );
      return end < at ? undefined : Buffer.concat([...parts, source.subarray(at, end + 2)]);
    }
    const next = at + 2 + u16be(source, at + 2);
    const isMetadata = marker === 0xfe || (marker >= 0xe1 && marker <= 0xef && marker !== 0xee);
    if (!isMetadata) parts.push(source.subarray(at, next));
    at = next;
  }
  return undefined;
}

const PNG_KEPT = ['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND', 'sRGB'];
/** These change the colours: without them it would be another picture. */
const PNG_COLOURS = ['gAMA', 'cHRM', 'iCCP', 'cICP', 'mDCV', 'cLLI'];

function stripPng(source: Uint8Array): Uint8Array | undefined {
  const parts = [source.subarray(0, 8)];
  for (let at = 8; at + 12 <= source.byteLength; ) {
    const name = ascii(source, at + 4, 4);
    const next = at + 12 + u32be(source, at);
    if (PNG_COLOURS.includes(name)) return undefined;
    if (PNG_KEPT.includes(name)) parts.push(source.subarray(at, next));
    if (name === 'IEND') return Buffer.concat(parts);
    at = next;
  }
  return undefined;
}
