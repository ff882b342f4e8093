import { type Demand, textThat } from './expect';

/** S3 takes 1024 bytes of UTF-8 for a key: most of them are the source's own. */
const MOST_BYTES = { prefix: 128, suffix: 64, from: 512 } as const;

/** Downloads, file systems and some tools resolve them: the object would be found elsewhere, or nowhere. */
const noDotSegments: Demand = {
  what: 'a folder without the segments "." and "..", which file systems take for other folders',
  holds: value => !/(^|\/)\.{1,2}\//.test(value),
};

const atMost = (bytes: number): Demand => ({
  what: `at most ${bytes} bytes (a whole key has 1024 at most)`,
  holds: value => Buffer.byteLength(value) <= bytes,
});

/** Folder of the thumbnails. It stands in a policy: no character that means something to IAM (`*`, `?`, `$`). */
export const prefix = textThat([
  {
    what: `a folder such as "miniaturas/" (letters, digits and !_.'()- between slashes, a slash at the end)`,
    holds: value => /^([A-Za-z0-9!_.'()-]+\/)+$/.test(value),
  },
  noDotSegments,
  atMost(MOST_BYTES.prefix),
]);

/** What comes behind the source's key. It brings no folder of its own: the check for collisions relies on that (rules.ts). */
export const suffix = textThat([
  {
    what: 'an ending such as ".thumb" or ".jpg" (no slashes, no control characters)',
    holds: value => !/[\p{Cc}\p{Cs}/\\]/u.test(value),
  },
  {
    what: 'an ending whose last character is no dot and no space, which downloads to Windows lose',
    holds: value => !/[. ]$/.test(value),
  },
  atMost(MOST_BYTES.suffix),
]);

/** The beginning of sources' keys; a part of a folder's name is one too. */
export const sourcePrefix = textThat([
  {
    what: 'the beginning of a key such as "albums/" (no slash before it, no two in a row, no control characters)',
    holds: value => value !== '' && !/^\/|\/\/|[\p{Cc}\p{Cs}]/u.test(value),
  },
  noDotSegments,
  atMost(MOST_BYTES.from),
]);
