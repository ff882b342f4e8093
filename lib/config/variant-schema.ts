import { z } from 'zod';
import { FITS, FORMATS, POSITIONS, type Variant } from '../../lambda/thumbnail/model/variant';
import { colourOf } from './colours';
import { flag, listOf, oneOf, text, textThat, wholeNumber } from './expect';
import { prefix, sourcePrefix, suffix } from './key-parts';

/** The largest side of a thumbnail, in px: WebP takes no more. https://developers.google.com/speed/webp/faq */
const MAX_SIDE = 16_383;
/** The box of the documents' thumbnails, in px, where a variant gives neither side. */
const DEFAULT_SIDE = 200;

const KEYS = 'a list of beginnings of keys such as ["albums/"]';

const colour = textThat([
  {
    what: 'a colour such as "#ffffff", "#fff" or "white"',
    holds: value => colourOf(value) !== undefined,
  },
]).transform(value => colourOf(value) ?? value);

/** The settings of a variant, each by itself. */
export const variantFields = z.strictObject(
  {
    prefix: prefix.default('miniaturas/'),
    suffix: suffix.default(''),
    width: wholeNumber(1, MAX_SIDE, 'px').exactOptional(),
    height: wholeNumber(1, MAX_SIDE, 'px').exactOptional(),
    enlarge: flag().exactOptional(),
    fit: oneOf(FITS).default('inside'),
    position: oneOf(POSITIONS).default('centre'),
    format: oneOf(FORMATS).default('jpeg'),
    quality: wholeNumber(1, 100).exactOptional(),
    effort: wholeNumber(0, 9).exactOptional(),
    background: colour.default('#ffffff'),
    animated: flag().default(false),
    cacheControl: text(
      /^[\x20-\x7e]{1,256}$/,
      'a Cache-Control value such as "max-age=86400"',
    ).exactOptional(),
    from: listOf(sourcePrefix, KEYS).exactOptional(),
    except: listOf(sourcePrefix, KEYS).exactOptional(),
  },
  'a variant such as { "prefix": "miniaturas/", "width": 200, "height": 200 }',
);

/** One variant as it is configured; the defaults are those of the documents. */
export const variantSchema = variantFields.transform(withBox) satisfies z.ZodType<Variant>;

/** One side alone leaves the other free. */
function withBox(given: z.output<typeof variantFields>): Variant {
  if (given.width !== undefined || given.height !== undefined) return given;
  return { ...given, width: DEFAULT_SIDE, height: DEFAULT_SIDE };
}
