import { z } from 'zod';
import { FITS, FORMATS, POSITIONS, type Variant } from '../../lambda/thumbnail/model/variant';
import { colourOf } from './colours';
import { flag, listOf, oneOf, type Told, text, textThat, wholeNumber } from './expect';
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
    jsonSchema: { pattern: '^(#([0-9A-Fa-f]{3}){1,2}|[A-Za-z]+)$' },
  },
]);

/** The settings of a variant, each by itself. */
export const variantFields = z.strictObject(
  {
    prefix: prefix.default('miniaturas/').meta({
      description: 'Folder of the thumbnails: `<prefix><key of the image><suffix>`.',
      costs:
        'No image below it becomes a thumbnail. Objects of yours there are left alone, and an image whose thumbnail would lie where ' +
        'one is becomes a failure. Thumbnails in the folder of before stay where they are.',
    } satisfies Told),
    suffix: suffix.default('').meta({
      description: 'What follows the key, such as `.webp`, for a name that says what it is.',
      costs:
        'With one that no watched extension ends in (`.thumb`), S3 does not even announce the thumbnail: one message less for each.',
    } satisfies Told),
    width: wholeNumber(1, MAX_SIDE, 'px')
      .exactOptional()
      .meta({
        description: 'Width of the box. One side alone leaves the other free.',
        otherwise: `${DEFAULT_SIDE}, where \`height\` is not given either`,
        costs: 'CPU time and bytes: at 1,600 px three times the CPU time of 200.',
      } satisfies Told),
    height: wholeNumber(1, MAX_SIDE, 'px')
      .exactOptional()
      .meta({
        description: 'Height of the box.',
        otherwise: `${DEFAULT_SIDE}, where \`width\` is not given either`,
        costs: 'As for `width`.',
      } satisfies Told),
    enlarge: flag()
      .exactOptional()
      .meta({
        description: 'Enlarges a smaller image to fill the box. Animations stay as they are.',
        otherwise: '`false`',
        costs: 'Bytes without detail.',
      } satisfies Told),
    fit: oneOf(FITS)
      .default('inside')
      .meta({
        description:
          '`inside`: all of the picture in the box; `outside`: at least the box; `cover`: exactly the box, the rest cut off; ' +
          '`contain`: exactly the box, the rest `background`. The last two need both sides.',
      } satisfies Told),
    position: oneOf(POSITIONS)
      .default('centre')
      .meta({
        description:
          'What `cover` keeps: a side, a corner, or what draws the eye (`attention`, `entropy`). An image whose metadata has ' +
          '`focus: 0.3,0.2` keeps that point. Where `contain` puts the picture.',
        costs: '`attention` and `entropy` take some more CPU time.',
      } satisfies Told),
    format: oneOf(FORMATS)
      .default('jpeg')
      .meta({
        description: 'Format of the thumbnail; `source` for the image’s own.',
        costs:
          '`avif` takes half as much CPU time again as `jpeg`, and many times as much at a high `effort`; `png` takes ten times the bytes.',
      } satisfies Told),
    quality: wholeNumber(1, 100)
      .exactOptional()
      .meta({
        description: 'Quality of the thumbnail, by the measure of its format.',
        otherwise: '[measured](docs/images.md#quality), for each format',
        costs: 'Bytes.',
      } satisfies Told),
    effort: wholeNumber(0, 9)
      .exactOptional()
      .meta({
        description: 'Time spent for fewer bytes, where the format knows that: AVIF, WebP (up to 6), PNG.',
        otherwise: '[measured](docs/images.md#quality), for each format',
        costs: 'CPU time.',
      } satisfies Told),
    background: colour.default('#ffffff').meta({
      description:
        'Shows through what is transparent where the format cannot be, and beside the picture with `contain`.',
    } satisfies Told),
    animated: flag()
      .default(false)
      .meta({
        description:
          'Keeps animations, where image and thumbnail are GIF or WebP; otherwise their first frame.',
        costs: 'Every frame is rendered: CPU time, memory and bytes, up to `limits.frames`.',
      } satisfies Told),
    cacheControl: text(/^[\x20-\x7e]{1,256}$/, 'a Cache-Control value such as "max-age=86400"')
      .exactOptional()
      .meta({
        description: 'Cache-Control of the thumbnails.',
        otherwise: 'none',
        costs: 'For as long as it says, a browser may show the thumbnail of an image that has been replaced.',
      } satisfies Told),
    from: listOf(sourcePrefix, KEYS)
      .exactOptional()
      .meta({
        description: 'Beginnings of keys: a recipe for some folders only.',
        otherwise: 'all images',
      } satisfies Told),
    except: listOf(sourcePrefix, KEYS)
      .exactOptional()
      .meta({
        description: 'Beginnings of keys that it leaves out, even where `from` names them.',
        otherwise: 'none',
      } satisfies Told),
  },
  'a variant such as { "prefix": "miniaturas/", "width": 200, "height": 200 }',
);

/** One variant as it is configured; the defaults are those of the documents. */
export const variantSchema = variantFields.transform(complete) satisfies z.ZodType<Variant>;

/** One side alone leaves the other free. Colours are `#rrggbb` from here on. */
function complete(given: z.output<typeof variantFields>): Variant {
  const variant = { ...given, background: colourOf(given.background) ?? given.background };
  if (given.width !== undefined || given.height !== undefined) return variant;
  return { ...variant, width: DEFAULT_SIDE, height: DEFAULT_SIDE };
}
