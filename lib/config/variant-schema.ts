import { z } from 'zod';
import { FITS, FORMATS, POSITIONS, type Variant } from '../../lambda/thumbnail/variant';
import { flag, listOf, oneOf, text, wholeNumber } from './expect';

// No character that means something to IAM (* ? $) or that S3 advises against: the prefix stands in a policy.
const prefix = text(
  /^(?=.{2,128}$)([A-Za-z0-9!_.'()-]+\/)+$/,
  `a folder such as "miniaturas/" (letters, digits and !_.'()- between slashes, a slash at the end)`,
);

const suffix = text(
  /^(\.[A-Za-z0-9_-]{1,32})?$/,
  'an ending such as ".thumb" (a dot, then letters, digits, _ and -)',
);

const sourcePrefix = text(/^.{1,512}$/su, 'the beginning of a key such as "albums/"');

/** One variant as it is configured; the defaults are those of the documents. */
export const variantSchema = z.strictObject(
  {
    prefix: prefix.default('miniaturas/'),
    suffix: suffix.default(''),
    width: wholeNumber(1, 16_383, 'px').default(200),
    height: wholeNumber(1, 16_383, 'px').default(200),
    fit: oneOf(FITS).default('inside'),
    position: oneOf(POSITIONS).default('centre'),
    format: oneOf(FORMATS).default('jpeg'),
    quality: wholeNumber(1, 100).exactOptional(),
    effort: wholeNumber(0, 9).exactOptional(),
    background: text(/^#[0-9a-f]{6}$/i, 'a colour such as "#ffffff"').default('#ffffff'),
    animated: flag().default(false),
    cacheControl: text(
      /^[\x20-\x7e]{1,256}$/,
      'a Cache-Control value such as "max-age=86400"',
    ).exactOptional(),
    from: listOf(sourcePrefix, 'a list of beginnings of keys such as ["albums/"]').exactOptional(),
  },
  'a variant such as { "prefix": "miniaturas/", "width": 200, "height": 200 }',
) satisfies z.ZodType<Variant>;
