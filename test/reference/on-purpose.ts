/** A difference between our thumbnails and those of the documents' function that is meant to be. */
export interface OnPurpose {
  /** How it shows; one of these. */
  readonly seen: readonly string[];
  /** The images of the corpus that it concerns: names, or what stands before `*`. */
  readonly files: readonly string[];
}

const NONE_BY_REFERENCE = 'the reference makes no thumbnail';

/** By the names that docs/deploy.md explains them under. */
export const ON_PURPOSE: Readonly<Record<string, OnPurpose>> = {
  transparency: {
    seen: [NONE_BY_REFERENCE, 'pixels'],
    files: [
      'alpha/5_webp_a.webp',
      'alpha/Flag_of_the_Netherlands-alpha.png',
      'alpha/alpha-layer-1-fill.png',
      'alpha/blackbug.png',
      'alpha/full-transparent.png',
      'alpha/grey-plus-alpha.gif',
      'alpha/swiss.png',
      'animated/*',
      'color/16-bit-grey-alpha.png',
      'color/grey-8bit-alpha.png',
      'color/p3.png',
      'damaged/Crash_test.gif',
      'damaged/invalid_multiframe.gif',
      'formats/favicon.ico',
    ],
  },
  orientation: {
    seen: ['pixels', 'size'],
    files: [
      ...[2, 3, 4, 5, 6, 7, 8].flatMap(n => [
        `orientation/Landscape_${n}.jpg`,
        `orientation/Portrait_${n}.jpg`,
      ]),
      'photos/Apple_iPhone_4S.jpg',
      'photos/Issue_354_Java.jpg',
    ],
  },
  'damaged files': { seen: [NONE_BY_REFERENCE], files: ['damaged/truncated.*'] },
  'not an image': {
    seen: ['neither makes a thumbnail'],
    files: ['damaged/corrupt-header.jpg', 'damaged/not-an-image.jpeg'],
  },
  'other formats': {
    seen: [NONE_BY_REFERENCE, 'pixels'],
    files: [
      'color/cielab-dagams.tiff',
      'formats/IMG_1034.heic',
      'formats/cheers_1440x960.heic',
      'formats/example.heic',
      'formats/check.svg',
      'formats/circle.svg',
      // Pillow reads the picture shifted sideways.
      'formats/Issue_524_java.psd',
    ],
  },
  'colour profiles': {
    seen: ['pixels'],
    files: [
      'color/Channel_digital_image_CMYK_color.jpg',
      'color/gamma_dalai_lama_gray.jpg',
      'color/prophoto.png',
      'formats/sample-xyb.jpg',
      'formats/tifftag-photoshop.tiff',
    ],
  },
  'black-and-white scans': { seen: ['pixels'], files: ['formats/G31D*'] },
};

/** The name of the difference that an image of the corpus is expected to show, if any. */
export function expectedFor(file: string): string | undefined {
  const matches = (pattern: string) =>
    pattern.endsWith('*') ? file.startsWith(pattern.slice(0, -1)) : file === pattern;
  return Object.entries(ON_PURPOSE).find(([, { files }]) => files.some(matches))?.[0];
}
