import { u16be } from './bytes';

const SCAN = 0xda;

/**
 * Where the scans of a JPEG begin but the first, in bytes. A progressive picture is decoded whole before its first row comes out, so
 * that libjpeg gives nothing of one in which the markers between two scans are broken; without what comes after, it does.
 */
export function laterScans(source: Uint8Array): number[] {
  const scans: number[] = [];
  for (let at = 2; at + 4 <= source.byteLength; ) {
    if (source[at] !== 0xff) {
      // Coded data, in which each 0xff is followed by a 0 or a restart marker.
      at = source.indexOf(0xff, at);
      if (at < 0) break;
    }
    const marker = source[at + 1] as number;
    const isStandalone =
      marker === 0 || marker === 0xff || (marker >= 0xd0 && marker <= 0xd9) || marker === 0x01;
    if (marker === SCAN) scans.push(at);
    at += isStandalone ? (marker === 0xff ? 1 : 2) : 2 + u16be(source, at + 2);
  }
  return scans.slice(1);
}
