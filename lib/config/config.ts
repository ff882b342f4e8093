import { z } from 'zod';
import { FITS, FORMATS, type Variant } from '../../lambda/thumbnail/variant';
import { ARCHITECTURES } from '../../layers/architecture';
import { listOf, oneOf, text, wholeNumber } from './expect';

// No character that means something to IAM (* ? $) or that S3 advises against: the prefix stands in a policy.
const prefix = text(
  /^(?=.{2,128}$)([A-Za-z0-9!_.'()-]+\/)+$/,
  `a folder such as "miniaturas/" (letters, digits and !_.'()- between slashes, a slash at the end)`,
);

const suffix = text(
  /^(\.[A-Za-z0-9_-]{1,32})?$/,
  'an ending such as ".thumb" (a dot, then letters, digits, _ and -)',
);

const variant = z.strictObject(
  {
    prefix: prefix.default('miniaturas/'),
    suffix: suffix.default(''),
    width: wholeNumber(1, 16_383, 'px').default(200),
    height: wholeNumber(1, 16_383, 'px').default(200),
    fit: oneOf(FITS).default('inside'),
    format: oneOf(FORMATS).default('jpeg'),
    quality: wholeNumber(1, 100).default(80),
    background: text(/^#[0-9a-f]{6}$/i, 'a colour such as "#ffffff"').default('#ffffff'),
  },
  'a variant such as { "prefix": "miniaturas/", "width": 200, "height": 200 }',
) satisfies z.ZodType<Variant>;

const extension = text(
  /^[a-z0-9]{1,16}$/,
  'a file name extension in lower case, without its dot, such as "jpg"',
);

/** Extensions of what the function can turn into thumbnails. */
const EXTENSIONS = ['jpg', 'jpeg', 'jpe', 'jfif', 'png', 'webp', 'gif', 'tif', 'tiff', 'avif', 'svg'];

/** S3's limit of notification rules a bucket is 100; each extension needs two, deletions one. */
const MAX_EXTENSIONS = 49;

/**
 * Every setting of the app, read from the context key `miniaturas`. The one place where settings are described,
 * given defaults and validated.
 */
export const configSchema = z
  .strictObject(
    {
      /** The thumbnails made of each source. */
      variants: listOf(variant, 'a list of one or more variants').prefault([{}]),
      /** A source's key must end in one of these, in lower or upper case, for S3 to announce it. */
      extensions: listOf(extension, `a list of 1 to ${MAX_EXTENSIONS} extensions such as ["jpg", "png"]`)
        .max(MAX_EXTENSIONS, `a list of 1 to ${MAX_EXTENSIONS} extensions such as ["jpg", "png"]`)
        .default(EXTENSIONS),
      architecture: oneOf(ARCHITECTURES).default('arm64'),
      /** Memory of the function; CPU follows it: 1,769 MiB buy one CPU. */
      memoryMiB: wholeNumber(256, 10_240, 'MiB').default(1769),
      /** Time that one batch of sources may take. */
      timeoutSeconds: wholeNumber(1, 900, 'seconds').default(60),
      /** Sources handed to the function at once, at most. */
      batchSize: wholeNumber(1, 10).default(10),
      /** Functions running at once, at most: what bounds the bill. */
      maxConcurrency: wholeNumber(2, 1000).default(10),
      /** What becomes of the bucket and the dead-letter queue when the stack is deleted. */
      removalPolicy: oneOf(['retain', 'destroy']).default('retain'),
    },
    'an object of settings such as { "architecture": "arm64" }',
  )
  .check(({ value, issues }) => {
    for (const problem of overlaps(value.variants)) issues.push({ code: 'custom', input: value, ...problem });
    value.extensions.forEach((extension, i) => {
      if (value.extensions.indexOf(extension) < i)
        issues.push({
          code: 'custom',
          input: value,
          path: ['extensions', i],
          message: 'each extension once',
        });
      const clash = value.variants.find(variant => variant.suffix === `.${extension}`);
      if (clash)
        issues.push({
          code: 'custom',
          input: value,
          path: ['variants', value.variants.indexOf(clash), 'suffix'],
          message: 'an ending that is not among the extensions',
        });
    });
  });

export type Config = z.infer<typeof configSchema>;

/**
 * Two variants must never give two sources one thumbnail key. Variants below different folders cannot, unless one folder lies
 * in the other; variants in one folder cannot if neither's suffix ends in the other's.
 */
function overlaps(variants: readonly Variant[]) {
  return variants.flatMap((variant, i) =>
    variants.slice(0, i).flatMap(earlier => {
      if (variant.prefix === earlier.prefix) {
        const distinct = !variant.suffix.endsWith(earlier.suffix) && !earlier.suffix.endsWith(variant.suffix);
        const message = `a prefix or a suffix that sets it apart from variants[${variants.indexOf(earlier)}]`;
        return distinct ? [] : [{ path: ['variants', i], message }];
      }
      const nested = variant.prefix.startsWith(earlier.prefix) || earlier.prefix.startsWith(variant.prefix);
      const message = `a folder neither in nor around "${earlier.prefix}"`;
      return nested ? [{ path: ['variants', i, 'prefix'], message }] : [];
    }),
  );
}
