import { DEFAULTS, type Encoding } from './encode';

/** Shares of the wanted quality. PNG is lossless at 100 and has a palette below: the first step keeps as many colours as that can. */
const LOSSY_STEPS = [0.75, 0.5, 0.3, 0.15] as const;
const STEPS: Readonly<Record<Encoding, readonly number[]>> = {
  jpeg: LOSSY_STEPS,
  png: [0.99, ...LOSSY_STEPS],
  webp: LOSSY_STEPS,
  avif: LOSSY_STEPS,
  gif: [],
};

/**
 * The qualities to try in turn while the thumbnail of a source that fits its box already has more bytes than the source.
 * It is always encoded anew: the source's own bytes may hold metadata in places that only a decoder of each format finds.
 *
 * @param wanted the variant's quality, 1 to 100
 */
export function lowerQualities(encoding: Encoding, wanted: number = DEFAULTS[encoding].quality): number[] {
  return STEPS[encoding].map(share => Math.max(1, Math.round(wanted * share)));
}
