import { App } from 'aws-cdk-lib';
import { limitsFor } from '../../lambda/thumbnail/limits';
import { ConfigError, loadConfig } from '../../lib/config/load';

const load = (context: Record<string, unknown>) => loadConfig(new App({ context }).node);

function problems(miniaturas: unknown, overrides: Record<string, unknown> = {}): readonly string[] {
  try {
    load({ miniaturas, ...overrides });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test('with no settings at all, the thumbnails are those of the documents', () => {
  expect(load({})).toMatchObject({
    variants: [
      {
        prefix: 'miniaturas/',
        suffix: '',
        width: 200,
        height: 200,
        fit: 'inside',
        format: 'jpeg',
        background: '#ffffff',
      },
    ],
    architecture: 'arm64',
    memoryMiB: 1769,
    removalPolicy: 'retain',
    limits: limitsFor(1769, 60),
  });
});

test('limits follow memory and time, save for those that are given', () => {
  expect(load({ memoryMiB: 512, timeoutSeconds: 30, limits: { megapixels: 7 } }).limits).toEqual({
    ...limitsFor(512, 30),
    megapixels: 7,
  });
});

test('the formats of ImageMagick are watched only where it is there', () => {
  expect(load({}).extensions).toEqual(expect.arrayContaining(['jpg', 'heic', 'psd', 'cr2']));
  expect(load({ otherFormats: false }).extensions).toEqual(
    expect.not.arrayContaining(['heic', 'psd', 'cr2']),
  );
});

test('recipes per folder share a folder of thumbnails where no source is for two of them', () => {
  const variants = [
    { from: ['albums/', 'trips/'], width: 400 },
    { from: ['logos/'], width: 64 },
  ];
  expect(load({ miniaturas: { variants } }).variants).toHaveLength(2);
});

test('a context value of a setting’s name replaces that setting, as `-c` gives it', () => {
  const miniaturas = { architecture: 'arm64', batchSize: 3 };
  const overrides = { architecture: 'x86_64', memoryMiB: '512', extensions: '["gif"]' };
  expect(load({ miniaturas, ...overrides })).toMatchObject({
    architecture: 'x86_64',
    memoryMiB: 512,
    extensions: ['gif'],
    batchSize: 3,
  });
});

test('all problems are told at once, each with its path, what was expected and what came', () => {
  const variants = [{ prefix: '/thumbs', width: 0, colour: 'red' }];
  expect(problems({ variants, architecture: 'arm', memory: 512 })).toEqual([
    `Expected a folder such as "miniaturas/" (letters, digits and !_.'()- between slashes, a slash at the end) for miniaturas.variants[0].prefix but received "/thumbs".`,
    'Expected a whole number of px from 1 to 16383 for miniaturas.variants[0].width but received 0.',
    'Expected no setting of that name for miniaturas.variants[0].colour but received "red".',
    'Expected one of arm64, x86_64 for miniaturas.architecture but received "arm".',
    'Expected no setting of that name for miniaturas.memory but received 512.',
  ]);
});

describe.each([
  ['an empty list', { variants: [] }, 'miniaturas.variants but received []'],
  ['a list that is none', { variants: 'miniaturas/' }, 'miniaturas.variants but received "miniaturas/"'],
  [
    'a prefix that IAM would widen',
    { variants: [{ prefix: 'mini*/' }] },
    'variants[0].prefix but received "mini*/"',
  ],
  ['a prefix without its slash', { variants: [{ prefix: 'miniaturas' }] }, 'variants[0].prefix'],
  ['no prefix', { variants: [{ prefix: '' }] }, 'variants[0].prefix but received ""'],
  ['half a pixel', { variants: [{ height: 1.5 }] }, 'variants[0].height but received 1.5'],
  [
    'a colour by name',
    { variants: [{ background: 'white' }] },
    'variants[0].background but received "white"',
  ],
  ['an extension with its dot', { extensions: ['.jpg'] }, 'miniaturas.extensions[0] but received ".jpg"'],
  ['an extension twice', { extensions: ['jpg', 'jpg'] }, 'each extension once for miniaturas.extensions[1]'],
  [
    'more extensions than S3 has rules',
    { extensions: Array.from({ length: 50 }, (_, i) => `x${i}`) },
    '1 to 49',
  ],
  [
    'a suffix that would be announced',
    { variants: [{ suffix: '.png' }] },
    'variants[0].suffix but received ".png"',
  ],
  [
    'a number as text',
    { timeoutSeconds: '60s' },
    'seconds from 1 to 900 for miniaturas.timeoutSeconds but received "60s"',
  ],
  [
    'one function at most',
    { maxConcurrency: 1 },
    'from 2 to 1000 for miniaturas.maxConcurrency but received 1',
  ],
  [
    'settings that are a list',
    [],
    'an object of settings such as { "architecture": "arm64" } for miniaturas',
  ],
  [
    'two variants on one key',
    { variants: [{}, { width: 64 }] },
    'set it apart from variants[0] for miniaturas.variants[1]',
  ],
  [
    'a folder in a folder',
    { variants: [{}, { prefix: 'miniaturas/2x/' }] },
    'neither in nor around "miniaturas/"',
  ],
  [
    'folders of sources within each other',
    { variants: [{ from: ['a/'] }, { from: ['b/', 'a/b/'] }] },
    'set it apart from variants[0] for miniaturas.variants[1]',
  ],
  ['a source list without sources', { variants: [{ from: [] }] }, 'variants[0].from but received []'],
  [
    'an effort without measure',
    { variants: [{ effort: 10 }] },
    'from 0 to 9 for miniaturas.variants[0].effort',
  ],
  [
    'a yes that is a word',
    { otherFormats: 'yes' },
    'true or false for miniaturas.otherFormats but received "yes"',
  ],
  [
    'a limit of another name',
    { limits: { pixels: 5 } },
    'no setting of that name for miniaturas.limits.pixels',
  ],
  [
    'more time for a source than for its batch',
    { timeoutSeconds: 10, limits: { seconds: 11 } },
    'no more than timeoutSeconds (10) for miniaturas.limits.seconds but received 11',
  ],
  [
    'more variants than the environment holds',
    { variants: Array.from({ length: 30 }, (_, i) => ({ prefix: `thumbnails-number-${i}/` })) },
    'variants of fewer words',
  ],
  [
    'suffixes that end alike',
    { variants: [{ suffix: '.a' }, { suffix: '' }] },
    'set it apart from variants[0] for miniaturas.variants[1]',
  ],
])('%s', (_, miniaturas, sentence) => {
  test('is one clear sentence', () => {
    expect(problems(miniaturas)).toEqual([expect.stringContaining(sentence)]);
  });
});
