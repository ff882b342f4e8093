import { isThumbnailKey } from '../../lambda/thumbnail/model/keys';
import { ENVIRONMENT, type Settings } from '../../lambda/thumbnail/model/settings';
import { only, synthesize } from './synthesize';

/**
 * A loop would need a key that the function may write and that it then takes for a source. What it may write is IAM's word,
 * what it takes for a source the handler's: both are read off the same template here and must be complements.
 */
describe.each([
  ['the default', {}],
  ['several folders', { variants: [{}, { prefix: 'small/', width: 64 }, { prefix: 'a/b/' }] }],
  ['several in one folder', { variants: [{ suffix: '.thumb' }, { suffix: '.tiny', width: 32 }] }],
  [
    'suffixes that S3 announces',
    { variants: [{ suffix: '.jpg' }, { prefix: 'small/', suffix: '@2x.webp' }] },
  ],
  [
    'a folder in a folder',
    {
      variants: [
        { prefix: 'a/', suffix: '.x' },
        { prefix: 'a/b/', suffix: '.y' },
      ],
    },
  ],
  ['no filter', { watch: 'all' }],
  ['an existing bucket', { bucketName: 'fotos', variants: [{}, { prefix: 'small/', width: 64 }] }],
  ['a repair', { repair: { schedule: 'rate(1 day)' } }],
  ['odd folders', { variants: [{ prefix: "Ano-free_(1)!.'x/" }, { prefix: 'miniaturas.old/' }] }],
])('no loop with %s', (_, settings) => {
  const template = synthesize(settings);
  const writable = objectPatterns(template, 's3:PutObject');
  const deletable = objectPatterns(template, 's3:DeleteObject');
  const environment = only(template, 'AWS::Lambda::Function', 'Thumbnailer').resource.Properties.Environment
    .Variables;
  const { variants }: Settings = JSON.parse(environment[ENVIRONMENT.settings]);

  test('there is one pattern for each folder, to write and to delete', () => {
    const folders = new Set(variants.map(({ prefix }) => `${prefix}*`));
    expect([...writable].sort()).toEqual([...folders].sort());
    expect([...deletable].sort()).toEqual([...folders].sort());
  });

  const keys = ['miniaturas/', 'small/', 'a/b/', 'miniaturas.old/', "Ano-free_(1)!.'x/"].flatMap(folder => [
    folder,
    folder.slice(0, -1),
    `${folder}foto.jpg`,
    `${folder}deep/er/año nuevo +ñ 🎄.JPG`,
    `x${folder}foto.jpg`,
    `deep/${folder}foto.jpg`,
    `${folder.toUpperCase()}foto.jpg`,
    `${folder.replace('.', 'x')}foto.jpg`,
  ]);

  test.each(keys)('%s: writable if and only if the handler skips it', key => {
    expect(writable.some(pattern => matches(pattern, key))).toBe(isThumbnailKey(key, variants));
  });
});

/** The object patterns of the bucket that an action is allowed on, whoever may do it. */
function objectPatterns(template: ReturnType<typeof synthesize>, action: string): string[] {
  const policies = Object.values<any>(template.findResources('AWS::IAM::Policy'));
  return (
    policies
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
      .filter((statement: any) => [statement.Action].flat().includes(action))
      .flatMap((statement: any) => [statement.Resource].flat())
      // The bucket's ARN, a slash, the pattern.
      .map((resource: any) =>
        resource['Fn::Join'][1].filter((part: unknown) => typeof part === 'string').join(''),
      )
      .map((arn: string) => arn.slice(arn.indexOf('/') + 1))
  );
}

/** Whether an IAM pattern matches: `*` stands for any characters, `?` for one. */
function matches(pattern: string, key: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'su').test(key);
}
