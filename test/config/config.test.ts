import { App } from 'aws-cdk-lib';
import sharp from 'sharp';
import { thumbnailKey } from '../../lambda/thumbnail/model/keys';
import { limitsFor } from '../../lambda/thumbnail/model/limits';
import { variantsFor } from '../../lambda/thumbnail/model/watched';
import { colourOf } from '../../lib/config/colours';
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

test('one side of the box leaves the other free', () => {
  const { variants } = load({ miniaturas: { variants: [{ width: 1600 }, { prefix: 'b/', height: 90 }] } });
  expect(variants[0]).toMatchObject({ width: 1600 });
  expect(variants[0]).not.toHaveProperty('height');
  expect(variants[1]).toMatchObject({ height: 90 });
  expect(variants[1]).not.toHaveProperty('width');
});

test.each(['', '.thumb', '.jpg', '-klein.jpg', '@2x.webp', '.año', '_(1)'])(
  'any suffix will do: "%s"',
  suffix => {
    expect(load({ miniaturas: { variants: [{ suffix }] } }).variants[0]?.suffix).toBe(suffix);
  },
);

test.each([
  ['#ABCDEF', '#abcdef'],
  ['#fff', '#ffffff'],
  ['#1a2', '#11aa22'],
  ['white', '#ffffff'],
  ['RebeccaPurple', '#663399'],
])('the colour %s reaches the function as %s', (background, rgb) => {
  expect(load({ miniaturas: { variants: [{ background }] } }).variants[0]?.background).toBe(rgb);
});

test.each(['red', 'darkslategray', 'lightgoldenrodyellow', 'tomato'])('%s is what CSS says', async name => {
  const pixel = sharp({ create: { width: 1, height: 1, channels: 3, background: name } }).raw();
  expect(colourOf(name)).toBe(`#${(await pixel.toBuffer()).toString('hex')}`);
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

test('recipes share a folder of thumbnails where one leaves out the sources of the other', () => {
  const variants = [{ except: ['logos/'] }, { from: ['logos/'], width: 64 }];
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
    'Expected no setting of that name (did you mean memoryMiB?) for miniaturas.memory but received 512.',
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
    'a colour that is none',
    { variants: [{ background: 'whit' }] },
    'a colour such as "#ffffff", "#fff" or "white" for miniaturas.variants[0].background but received "whit"',
  ],
  ['a prefix of dots', { variants: [{ prefix: '../' }] }, 'file systems take for other folders for'],
  ['a prefix of one dot', { variants: [{ prefix: './' }] }, 'without the segments "." and ".."'],
  ['a prefix with dots in it', { variants: [{ prefix: 'a/../b/' }] }, 'received "a/../b/"'],
  ['a prefix with an empty segment', { variants: [{ prefix: 'a//b/' }] }, 'received "a//b/"'],
  ['a prefix with a control character', { variants: [{ prefix: 'a\u0007/' }] }, 'a folder such as'],
  ['a prefix without end', { variants: [{ prefix: `${'a'.repeat(128)}/` }] }, 'at most 128 bytes'],
  ['a suffix that is a folder', { variants: [{ suffix: '/x.jpg' }] }, 'no slashes, no control characters'],
  ['a suffix for Windows', { variants: [{ suffix: '..\\x' }] }, 'no slashes, no control characters'],
  ['a suffix with a line end', { variants: [{ suffix: '.a\n' }] }, 'variants[0].suffix'],
  ['a suffix that downloads lose', { variants: [{ suffix: '.thumb.' }] }, 'no dot and no space'],
  ['a suffix without end', { variants: [{ suffix: `.${'ñ'.repeat(40)}` }] }, 'at most 64 bytes'],
  ['sources at the root', { variants: [{ from: ['/albums/'] }] }, 'no slash before it'],
  ['sources beside themselves', { variants: [{ from: ['a/', 'b/../c/'] }] }, 'variants[0].from[1]'],
  ['sources in folders without name', { variants: [{ from: ['a//'] }] }, 'no two in a row'],
  ['sources with a control character', { variants: [{ from: ['a\u0000'] }] }, 'no control characters'],
  ['sources without end', { variants: [{ from: ['ñ'.repeat(300)] }] }, 'at most 512 bytes'],
  [
    'half a box to fill',
    { variants: [{ width: 100, fit: 'cover' }] },
    'width and height, both of which fit "cover" needs, for miniaturas.variants[0].height but received nothing',
  ],
  [
    'half a box to fill up',
    { variants: [{ height: 9, fit: 'contain' }] },
    'for miniaturas.variants[0].width',
  ],
  ['a watch of another name', { watch: 'everything' }, 'one of extensions, all for miniaturas.watch'],
  [
    'a name with a letter missing',
    { otherFormat: true },
    'no setting of that name (did you mean otherFormats?)',
  ],
  [
    'a name of a variant with letters changed',
    { variants: [{ wdith: 5 }] },
    '(did you mean width?) for miniaturas.variants[0].wdith but received 5',
  ],
  ['an extension with its dot', { extensions: ['.jpg'] }, 'miniaturas.extensions[0] but received ".jpg"'],
  ['an extension twice', { extensions: ['jpg', 'jpg'] }, 'each extension once for miniaturas.extensions[1]'],
  [
    'more extensions than S3 has rules',
    { extensions: Array.from({ length: 50 }, (_, i) => `x${i}`) },
    '1 to 49',
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
    'set it apart from variants[0] for miniaturas.variants[1]',
  ],
  [
    'folders of sources within each other',
    { variants: [{ from: ['a/'] }, { from: ['b/', 'a/b/'] }] },
    'set it apart from variants[0] for miniaturas.variants[1]',
  ],
  ['an exception at the root', { variants: [{ except: ['/x'] }] }, 'no slash before it'],
  [
    'exceptions that leave some sources to both',
    { variants: [{ except: ['a/b/'] }, { from: ['a/'] }] },
    'set it apart from variants[0] for miniaturas.variants[1]',
  ],
  ['a stack that begins with a digit', { stackName: '2nd' }, 'the name of a stack such as "Miniaturas"'],
  ['an account that is a number', { env: { account: 111122223333 } }, 'in quotes for miniaturas.env.account'],
  [
    'a region that is none',
    { env: { region: 'Ireland' } },
    'a region such as "eu-west-1" for miniaturas.env.region',
  ],
  [
    'a place of another name',
    { env: { profile: 'me' } },
    'no setting of that name for miniaturas.env.profile',
  ],
  [
    'a tag that is AWS’s own',
    { tags: { 'aws:x': 'y' } },
    'tags such as { "team": "web" } for miniaturas.tags.aws:x',
  ],
  [
    'a tag that is a number',
    { tags: { team: 5 } },
    'the value of a tag such as "web" for miniaturas.tags.team',
  ],
  ['a bucket in capitals', { bucketName: 'Fotos' }, 'the name of a bucket (3 to 63 lower-case'],
  ['a bucket by its ARN', { bucketName: 'arn:aws:s3:::fotos' }, 'the name of a bucket'],
  [
    'a key by its alias',
    { bucketName: 'fotos', bucketKeyArn: 'alias/fotos' },
    'the ARN of a KMS key such as',
  ],
  [
    'a key of no bucket',
    { bucketKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/1' },
    'bucketName, the existing bucket that has this key, beside it for miniaturas.bucketKeyArn',
  ],
  [
    'a repair at one time only',
    { repair: { schedule: 'at(2027-01-01T03:00:00)' } },
    'a schedule such as "cron(0 3 * * ? *)", at 03:00 every day, or "rate(12 hours)" for miniaturas.repair.schedule',
  ],
  ['five fields of cron', { repair: { schedule: 'cron(0 3 * * ?)' } }, 'a schedule such as'],
  ['a repair without a schedule', { repair: {} }, 'for miniaturas.repair.schedule but received nothing'],
  ['one hours', { repair: { schedule: 'rate(1 hours)' } }, 'a rate of "1 hour" or "2 hours"'],
  ['two minute', { repair: { schedule: 'rate(2 minute)' } }, 'a rate of "1 hour" or "2 hours"'],
  [
    'a day of the month and one of the week',
    { repair: { schedule: 'cron(0 3 1 * MON *)' } },
    'for the day of the month or for the day of the week, not for both, for miniaturas.repair.schedule',
  ],
  [
    'a time zone that there is not',
    { repair: { schedule: 'cron(0 3 * * ? *)', timeZone: 'Europe/Miniatura' } },
    'a time zone such as "Europe/Madrid" for miniaturas.repair.timeZone',
  ],
  [
    'a time zone that is an offset',
    { repair: { schedule: 'cron(0 3 * * ? *)', timeZone: '+02:00' } },
    'a time zone such as',
  ],
  [
    'a repair of nothing',
    { repair: { schedule: 'rate(1 day)', maxSources: 0 } },
    'a whole number of sources from 1 to 10000000 for miniaturas.repair.maxSources',
  ],
  [
    'a setting of the repair in another spelling',
    { repair: { schedule: 'rate(1 day)', timezone: 'UTC' } },
    'no setting of that name (did you mean timeZone?) for miniaturas.repair.timezone',
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

test.each([
  'rate(1 minute)',
  'rate(12 hours)',
  'cron(0 3 * * ? *)',
  'cron(30 2,14 ? * MON-FRI *)',
  'cron(0/15 * L * ? 2027)',
  'cron(0 0 ? JAN,JUL 2#1 *)',
])('a repair may run at %s', schedule => {
  const { repair } = load({ miniaturas: { repair: { schedule, timeZone: 'Europe/Madrid' } } });
  expect(repair).toEqual({ schedule, timeZone: 'Europe/Madrid', maxSources: 100_000 });
});

test('by default nothing is repaired', () => {
  expect(load({}).repair).toBeUndefined();
});

describe('collisions', () => {
  const variants = ['a/', 'a/b/', 'b/'].flatMap(prefix =>
    ['', 'x', '.x'].flatMap(suffix =>
      [
        {},
        { from: ['b/'] },
        { from: ['c/'] },
        { from: ['b/c'] },
        { except: ['b/'] },
        { from: ['b/'], except: ['b/c'] },
      ].map(sources => ({ prefix, suffix, ...sources })),
    ),
  );
  const pairs = variants.flatMap((one, i) => variants.slice(i).map(other => [one, other] as const));
  const pieces = ['b/', 'c', 'c/', 'x', '.', '.x'];
  const longer = (keys: readonly string[]) => keys.flatMap(key => pieces.map(piece => `${key}${piece}`));
  const [one, two] = [longer(pieces), longer(longer(pieces))];
  const sources = [...new Set([...pieces, ...one, ...two, ...longer(two)])];

  test(`${pairs.length} pairs of variants are refused exactly if ${sources.length} sources collide`, () => {
    const wrong = pairs.filter(pair => {
      const refused = problems({ variants: pair }).length > 0;
      return refused !== meet(pair);
    });
    expect(wrong).toEqual([]);
  });

  /** Whether two thumbnails have one key, whatever sources there are. */
  function meet(pair: (typeof pairs)[number]): boolean {
    const complete = pair.map(given => ({
      ...load({ miniaturas: { variants: [given] } }).variants[0],
      ...given,
    }));
    const keys = sources.flatMap(source =>
      variantsFor(source, complete as never).map(variant => thumbnailKey(variant, source)),
    );
    return new Set(keys).size < keys.length;
  }
});

describe('settings that do nothing are named', () => {
  const notes = (miniaturas: object, overrides: Record<string, unknown> = {}) =>
    load({ miniaturas, ...overrides }).notes;
  const one = (settings: object) => notes({ variants: [settings] });

  test('and nothing is said of those that do something', () => {
    expect(notes({})).toEqual([]);
    expect(
      notes({
        variants: [
          { fit: 'cover', position: 'attention', background: 'red' },
          {
            prefix: 'b/',
            fit: 'contain',
            position: 'top',
            format: 'webp',
            background: 'red',
            animated: true,
          },
          { prefix: 'c/', format: 'webp', effort: 6 },
          { prefix: 'd/', format: 'source', effort: 9, animated: true, from: ['albums/'] },
        ],
        extensions: ['jpg', 'heic', 'exr', 'mpo'],
        limits: { frames: 5 },
      }),
    ).toEqual([]);
  });

  test.each([
    [{ position: 'top' }, 'position has no effect: it says what "cover" keeps'],
    [{ position: 'entropy', fit: 'contain' }, 'position has no effect: "contain" keeps all of the picture'],
    [{ animated: true }, 'animated has no effect: thumbnails in jpeg have one frame'],
    [{ effort: 3 }, 'effort has no effect: JPEG knows none'],
    [{ effort: 7, format: 'webp' }, "effort has no effect: WebP's highest is 6"],
    [{ background: '#000', format: 'png' }, 'background has no effect: transparent pixels stay so in png'],
    [
      { from: ['a/', 'miniaturas/b/'] },
      'from[1] has no effect: what lies below "miniaturas/" are thumbnails',
    ],
    [{ except: ['miniaturas/b/'] }, 'except[0] has no effect: what lies below "miniaturas/" are thumbnails'],
    [
      { from: ['a/b/', 'c/'], except: ['a/'] },
      'from[0] has no effect: except leaves out all that begins with "a/"',
    ],
    [{ from: ['a/'], except: ['a/b/', 'c/'] }, 'except[1] has no effect: from names no source'],
  ])('%j', (settings, words) => {
    expect(one(settings)).toEqual(
      [`miniaturas.variants[0].${words}`].map(text => expect.stringContaining(text)),
    );
  });

  test.each([
    [{ extensions: ['jpg', 'mp4', 'mov'] }, 'miniaturas.extensions (mp4, mov) has no effect: no format'],
    [
      { extensions: ['heic'], otherFormats: false },
      'extensions (heic) has no effect: it is read with otherFormats only',
    ],
    [{ extensions: ['jpg'], watch: 'all' }, 'miniaturas.extensions has no effect: watch is "all"'],
    [
      { bucketName: 'fotos', eventBridge: true },
      'miniaturas.eventBridge has no effect: an existing bucket is not reconfigured',
    ],
    [
      { repair: { schedule: 'rate(1 day)', timeZone: 'Europe/Madrid' } },
      'miniaturas.repair.timeZone has no effect: a rate counts from the deployment',
    ],
    [{ limits: { frames: 5 } }, 'miniaturas.limits.frames has no effect: no variant is animated'],
  ])('%j', (settings, words) => {
    expect(notes(settings)).toEqual([expect.stringContaining(words)]);
  });

  test('names on the command line that are none too, with the name that was meant', () => {
    const mistyped = {
      architecure: 'x86_64',
      memory: '512',
      other: '1',
      '@aws-cdk/flag': true,
      'cli-telemetry': false,
    };
    expect(notes({}, mistyped)).toEqual([
      'architecure in the context (-c) has no effect: it is no setting (did you mean architecture?).',
      'memory in the context (-c) has no effect: it is no setting (did you mean memoryMiB?).',
      expect.stringMatching(/^other in the context \(-c\) has no effect/),
    ]);
  });
});
