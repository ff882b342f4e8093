import type { Recipe } from '../../lambda/thumbnail/model/recipe';
import type { Variant } from '../../lambda/thumbnail/model/variant';
import { lastChange, type RecipeHistory, removedPlaces } from '../../ops/recipes';
import { variant } from '../support/variant';

const recipe = (variants: readonly Variant[], over: Partial<Recipe> = {}): Recipe => ({
  variants,
  gamut: 'srgb',
  keepCopyright: false,
  ...over,
});
/** Recipes that came at 1, 2, 3, … */
const history = (...recipes: Recipe[]): RecipeHistory =>
  recipes.map((one, i) => ({ recipe: one, changed: i + 1 }));

const small = variant();
const large = variant({ width: 320 });
const web = variant({ prefix: 'web/', suffix: '.webp', format: 'webp' });

describe('when the recipe of a variant changed last', () => {
  test.each<[string, RecipeHistory, number | undefined]>([
    ['never, as far as is known', [], undefined],
    ['the first known recipe is no change', history(recipe([small])), undefined],
    ['another size', history(recipe([small]), recipe([large])), 2],
    ['and back', history(recipe([small]), recipe([large]), recipe([small])), 3],
    ['another variant beside it', history(recipe([small]), recipe([small, web])), undefined],
    [
      'other folders',
      history(recipe([small]), recipe([variant({ from: ['a/'], except: ['a/b/'] })])),
      undefined,
    ],
    ['properties in another order', history(recipe([small]), recipe([{ ...large, ...small }])), undefined],
    [
      'away for a while, and back as it was',
      history(recipe([small]), recipe([web]), recipe([small])),
      undefined,
    ],
    [
      'away for a while, and back with another size',
      history(recipe([small]), recipe([web]), recipe([large])),
      3,
    ],
    ['what counts for all variants', history(recipe([small]), recipe([small], { gamut: 'p3' })), 2],
  ])('%s', (_, known, changed) => expect(lastChange(small, known)).toBe(changed));
});

test.each<[string, RecipeHistory, object[]]>([
  ['none', history(recipe([small]), recipe([large])), []],
  ['one', history(recipe([small, web]), recipe([small])), [{ prefix: 'web/', suffix: '.webp' }]],
  ['one that is back', history(recipe([small, web]), recipe([small]), recipe([small, web])), []],
  [
    'a suffix',
    history(recipe([small]), recipe([variant({ suffix: '.jpg' })])),
    [{ prefix: 'miniaturas/', suffix: '' }],
  ],
])('places of removed variants: %s', (_, known, places) => expect(removedPlaces(known)).toEqual(places));
