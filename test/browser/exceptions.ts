/** Sources for which our answer is not Chromium's, and why it stays so. */
export interface Exception {
  readonly names: RegExp;
  /** `refused`: Chromium shows some of it and we reject it. `colours`: both show it, further apart than the others. */
  readonly kind: 'refused' | 'colours';
  /** How many sources it may be. */
  readonly most: number;
  readonly reason: string;
}

export const EXCEPTIONS: readonly Exception[] = [
  {
    names: /^avif.*, (a bit|three bits|zeros|a piece|its half)/,
    kind: 'refused',
    most: 11,
    reason:
      'dav1d, in Chromium, shows a frame whose codes are wrong; libaom, in sharp and ImageMagick, gives none.',
  },
  {
    names: /^webp.*, (a bit|three bits|twenty bits|zeros|a piece|its half)/,
    kind: 'refused',
    most: 14,
    reason:
      'Chromium decodes WebP in pieces, up to wrong codes; sharp and ImageMagick ask libwebp for all or nothing.',
  },
  {
    names: /^bmp runs, |^refused\/pal8(badindex|rlecut)\.bmp$/,
    kind: 'colours',
    most: 6,
    reason:
      'What names no colour of the palette has the first, as ImageMagick has it; in Chromium it is black.',
  },
  {
    names: /^jpeg cmyk/,
    kind: 'colours',
    most: 23,
    reason: 'Four inks without a profile: libvips takes those of a press, Chromium the plainest formula.',
  },
];

export function exceptionFor(name: string, kind: Exception['kind']): Exception | undefined {
  return EXCEPTIONS.find(exception => exception.kind === kind && exception.names.test(name));
}
