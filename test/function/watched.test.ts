import type { Variant } from '../../lambda/thumbnail/model/variant';
import { variantsFor, whyNoSource, whyUnwatched } from '../../lambda/thumbnail/model/watched';

const variant = (given: Partial<Variant>) => ({ prefix: 'miniaturas/', suffix: '', ...given }) as Variant;
const watching = { variants: [variant({})], extensions: ['jpg', 'jpeg'] };

test.each([
  ['foto.jpg', undefined],
  ['foto.JpEg', undefined],
  ['.jpg', undefined],
  ['a/b/foto.jpg', undefined],
  ['foto.png', 'has an extension that is not watched'],
  ['jpg', 'has an extension that is not watched'],
  ['foto.jpg ', 'has an extension that is not watched'],
  ['foto.jpg/', 'is a folder marker'],
  ['miniaturas/foto.jpg', 'lies where thumbnails do'],
  ['miniaturas/', 'lies where thumbnails do'],
  ['miniaturas', 'has an extension that is not watched'],
])('%s: %s', (key, why) => {
  expect(whyUnwatched(key, watching)).toBe(why);
});

test('every extension is watched where none is named', () => {
  expect(whyUnwatched('notes', { variants: watching.variants })).toBeUndefined();
});

test('for a source that is gone its extension does not count', () => {
  expect(whyNoSource('foto.png', watching.variants)).toBeUndefined();
  expect(whyNoSource('miniaturas/foto.png', watching.variants)).toBe('lies where thumbnails do');
});

test('a variant is for what `from` names and `except` does not', () => {
  const variants = [
    variant({ prefix: 'all/' }),
    variant({ prefix: 'albums/', from: ['a/', 'b/'], except: ['a/private/'] }),
    variant({ prefix: 'rest/', except: ['a/', 'tmp'] }),
  ];
  const folders = (key: string) => variantsFor(key, variants).map(({ prefix }) => prefix);
  expect(folders('a/x.jpg')).toEqual(['all/', 'albums/']);
  expect(folders('a/private/x.jpg')).toEqual(['all/']);
  expect(folders('b/x.jpg')).toEqual(['all/', 'albums/', 'rest/']);
  expect(folders('tmp-x.jpg')).toEqual(['all/']);
  expect(whyUnwatched('tmp-x.jpg', { variants: variants.slice(2) })).toBe('is for no variant');
});
