import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { loadConfig } from '../../lib/config/load';
import { announcesThumbnails, endingsOf } from '../../lib/config/watch';
import { summary } from '../../lib/summary';

describe('endings', () => {
  test('are each extension in lower case, in upper case, and capitalised', () => {
    const { endings, leftOut } = endingsOf(['jpg', '3fr']);
    expect(endings.toSorted()).toEqual(['.3FR', '.3fr', '.JPG', '.Jpg', '.jpg']);
    expect(leftOut).toEqual([]);
  });

  test.each([32, 33, 40, 49])('of %i extensions are 98 at most, and what is left out is told', count => {
    const extensions = Array.from({ length: count }, (_, i) => `ab${i}`);
    const { endings, leftOut } = endingsOf(extensions);
    expect(endings).toHaveLength(Math.min(98, 3 * count));
    expect([...endings, ...leftOut]).toHaveLength(3 * count);
  });
});

test('docs/images.md tells of each extension which spellings are seen', () => {
  const rows = [...readFileSync('docs/images.md', 'utf8').matchAll(/^\|([^|]*)\| yes +\| (yes|no) +\|$/gm)];
  const told = rows.flatMap(([, words = '', capitalised]) =>
    (words.split(':').at(-1) ?? '')
      .trim()
      .split(' ')
      .flatMap(extension => spellings(extension, capitalised === 'yes')),
  );
  const { extensions } = loadConfig(new App().node);
  expect(told.toSorted()).toEqual(endingsOf(extensions).endings.toSorted());
});

function spellings(extension: string, capitalised: boolean): string[] {
  const capital = `${extension.charAt(0).toUpperCase()}${extension.slice(1)}`;
  return [extension, extension.toUpperCase(), ...(capitalised ? [capital] : [])].map(name => `.${name}`);
}

describe('S3 announces thumbnails too', () => {
  const { endings } = endingsOf(['jpg', 'heic', 'tif', 'tiff']);
  test.each([
    ['', true],
    ['.jpg', true],
    ['-small.HEIC', true],
    ['f', true],
    ['.thumb', false],
    ['.jPg', false],
    ['.webp', false],
    ['.jpg.thumb', false],
  ])('with the suffix "%s": %p', (suffix, announced) => {
    expect(announcesThumbnails(endings, suffix)).toBe(announced);
  });

  test('with any suffix, where all keys are watched', () => {
    expect(announcesThumbnails(undefined, '.thumb')).toBe(true);
  });
});

describe('synth says', () => {
  const told = (miniaturas: object) => summary(loadConfig(new App({ context: { miniaturas } }).node));

  test('for each variant what becomes of a photo, and who skips that', () => {
    const variants = [{ suffix: '.jpg' }, { prefix: 'b/', suffix: '.thumb', from: ['albums/'] }];
    expect(told({ variants, extensions: ['jpg'] })).toEqual([
      'photo.jpg becomes miniaturas/photo.jpg.jpg. S3 announces it as well, and the function skips it by its prefix.',
      'albums/photo.jpg becomes b/albums/photo.jpg.thumb. S3 does not announce it: no watched ending matches it.',
      expect.stringMatching(/^About \$\d/),
    ]);
  });

  test('who leaves out the thumbnails of an existing bucket, of which every name is seen', () => {
    expect(told({ bucketName: 'fotos' })).toEqual([
      'photo.jpg becomes miniaturas/photo.jpg. The rule of EventBridge leaves it out by its prefix.',
      expect.stringMatching(/^About \$\d/),
    ]);
  });

  test('which names are not seen', () => {
    expect(told({})).toContainEqual(expect.stringMatching(/^Not seen, .*names that end in .* \.Pef \.Srw\./));
    expect(told({ watch: 'all' })).not.toContainEqual(expect.stringContaining('Not seen'));
  });
});
