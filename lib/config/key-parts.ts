import { type Demand, ofForm, textThat } from './expect';

/** S3 takes 1024 bytes of UTF-8 for a key: most of them are the source's own. */
const MOST_BYTES = { prefix: 128, suffix: 64, from: 512 } as const;

/** Downloads, file systems and some tools resolve them: the object would be found elsewhere, or nowhere. */
const noDotSegments = ofForm(
  /^(?!(.*\/)?\.{1,2}\/)/s,
  'a folder without the segments "." and "..", which file systems take for other folders',
);

const atMost = (bytes: number): Demand => ({
  what: `at most ${bytes} bytes (a whole key has 1024 at most)`,
  holds: value => Buffer.byteLength(value) <= bytes,
  jsonSchema: { maxLength: bytes },
});

/** Folder of the thumbnails. It stands in a policy: no character that means something to IAM (`*`, `?`, `$`). */
export const prefix = textThat([
  ofForm(
    /^([A-Za-z0-9!_.'()-]+\/)+$/,
    `a folder such as "miniaturas/" (letters, digits and !_.'()- between slashes, a slash at the end)`,
  ),
  noDotSegments,
  atMost(MOST_BYTES.prefix),
]);

/** What comes behind the source's key. It brings no folder of its own: the check for collisions relies on that (rules.ts). */
export const suffix = textThat([
  ofForm(
    /^[^\p{Cc}\p{Cs}/\\]*$/u,
    'an ending such as ".thumb" or ".jpg" (no slashes, no control characters)',
  ),
  ofForm(
    /(^|[^. ])$/,
    'an ending whose last character is no dot and no space, which downloads to Windows lose',
  ),
  atMost(MOST_BYTES.suffix),
]);

/** The beginning of sources' keys; a part of a folder's name is one too. */
export const sourcePrefix = textThat([
  ofForm(
    /^(?!\/)(?!.*\/\/)[^\p{Cc}\p{Cs}]+$/u,
    'the beginning of a key such as "albums/" (no slash before it, no two in a row, no control characters)',
  ),
  noDotSegments,
  atMost(MOST_BYTES.from),
]);
