import fc from 'fast-check';
import { type Comparison, compareListings, type Step } from '../../lambda/repair/model/compare';
import { UnorderedListing } from '../../lambda/repair/model/cursor';
import type { Difference } from '../../lambda/repair/model/difference';
import type { Listed, Pages, Wanted } from '../../lambda/repair/model/listed';
import type { Range } from '../../lambda/repair/model/range';
import type { Variant } from '../../lambda/thumbnail/model/variant';

type Given = Pick<Variant, 'prefix' | 'suffix' | 'from' | 'except'>;

/** A bucket in memory: when each object was last modified, by key. */
type Bucket = ReadonlyMap<string, number>;

interface World {
  readonly bucket: Bucket;
  readonly variants: readonly Variant[];
  readonly extensions?: readonly string[];
  readonly olderThan?: number;
  readonly except?: readonly string[];
}

const variant = (given: Partial<Given>) => ({ prefix: 'm/', suffix: '', ...given }) as Variant;

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

const listed = (key: string, lastModified: number): Listed => ({
  key,
  lastModified,
  size: key.length,
  etag: `"${key}"`,
});

/** Lists what is wanted, in pages of one to three, with an empty one before them. */
function listing(bucket: Bucket, { prefix, after = '', upTo, except = [] }: Wanted): Pages {
  const objects = [...bucket]
    .filter(([key]) => key.startsWith(prefix) && byBytes(key, after) > 0)
    .filter(
      ([key]) => (upTo === undefined || byBytes(key, upTo) <= 0) && !except.some(one => key.startsWith(one)),
    )
    .sort(([a], [b]) => byBytes(a, b))
    .map(([key, lastModified]) => listed(key, lastModified));
  return (async function* () {
    yield [];
    for (let i = 0, size = 1; i < objects.length; i += size, size = (size % 3) + 1) {
      yield objects.slice(i, i + size);
    }
  })();
}

/** All that lies below the prefix: no bound is kept. */
const unbounded = (bucket: Bucket, { prefix }: Wanted) => listing(bucket, { prefix });

const comparisonOf = ({ bucket, variants, extensions, ...rest }: World): Comparison => ({
  list: wanted => listing(bucket, wanted),
  settings: { variants, ...(extensions && { extensions }) },
  ...rest,
});

async function stepsOf(comparison: Comparison): Promise<Step[]> {
  const steps: Step[] = [];
  for await (const step of compareListings(comparison)) steps.push(step);
  return steps;
}

const differencesIn = (steps: readonly Step[]) => steps.flatMap(({ differences }) => differences);
const sourcesIn = (steps: readonly Step[]) => steps.reduce((sum, { sources }) => sum + sources, 0);

/** The differences as they are in no particular order. */
const unordered = (differences: readonly Difference[]) =>
  [...differences].sort((a, b) => byBytes(a.key, b.key));

/** The same by sets of keys: which object is whose thumbnail, then what each source has. */
function naive({ bucket, variants, extensions, olderThan = 0, except = [] }: World): Difference[] {
  const canBeSource = (key: string) =>
    !key.endsWith('/') &&
    ![...variants.map(({ prefix }) => prefix), ...except].some(one => key.startsWith(one));
  const isFor = ({ from = [''], except = [] }: Variant, key: string) =>
    from.some(one => key.startsWith(one)) && !except.some(one => key.startsWith(one));
  const thumbnails = new Map<string, Map<Variant, number>>();
  for (const [key, time] of bucket) {
    const claims = variants
      .filter(({ prefix, suffix }) => key.startsWith(prefix) && key.slice(prefix.length).endsWith(suffix))
      .map(one => ({ one, source: key.slice(one.prefix.length, key.length - one.suffix.length) }))
      .filter(({ source }) => source !== '' && canBeSource(source));
    const rank = ({ one, source }: (typeof claims)[number]) =>
      (isFor(one, source) ? 1e6 : 0) + one.prefix.length * 1e3 + one.suffix.length;
    const [owner] = claims.sort((a, b) => rank(b) - rank(a));
    if (!owner) continue;
    const own = thumbnails.get(owner.source) ?? new Map();
    thumbnails.set(owner.source, own.set(owner.one, time));
  }
  const sources = [...bucket.keys()].filter(canBeSource);
  return [...new Set([...sources, ...thumbnails.keys()])].flatMap(key => {
    const time = bucket.get(key);
    const isWatched = !extensions || extensions.some(one => key.toLowerCase().endsWith(`.${one}`));
    const thumbnail = (one: Variant) => thumbnails.get(key)?.get(one);
    const having = (holds: (time: number, thumbnail: number | undefined) => boolean) =>
      variants.filter(
        one => isFor(one, key) && time !== undefined && isWatched && holds(time, thumbnail(one)),
      );
    const difference = {
      key,
      source: time === undefined ? undefined : listed(key, time),
      missing: having((_, thumbnail) => thumbnail === undefined),
      stale: having(
        (time, thumbnail) => thumbnail !== undefined && (thumbnail < time || thumbnail < olderThan),
      ),
      unsure: having((time, thumbnail) => thumbnail === time && thumbnail >= olderThan),
      orphan: variants.filter(one => isFor(one, key) && time === undefined && thumbnail(one) !== undefined),
      unwanted: variants.filter(one => !isFor(one, key) && thumbnail(one) !== undefined),
    };
    const { missing, stale, unsure, orphan, unwanted } = difference;
    return [missing, stale, unsure, orphan, unwanted].some(({ length }) => length > 0) ? [difference] : [];
  });
}

/** Short keys of characters that separate the orders: below and above the suffixes' and the slash, of 1 to 4 UTF-8 bytes. */
const CHARACTERS = ['a', 'a', 'é', '!', '.', '-', '/', '\ufffd', '😀'];
const keys = fc.string({ unit: fc.constantFrom(...CHARACTERS), minLength: 1, maxLength: 4 });
const beginnings = fc.array(fc.constantFrom('a', 'aa', '!', 'é', 'b/', 'a/'), { minLength: 1, maxLength: 2 });
const variantsOfAll = fc.uniqueArray(
  fc.record(
    {
      prefix: fc.constantFrom('m/', 'm/', 'm/b/', 'm/a/', 'n/', '!/'),
      suffix: fc.constantFrom('', '.thumb', '.-', '!', '.t', 'aa', 'é', '\ufffd', '😀'),
      from: beginnings,
      except: beginnings,
    },
    { requiredKeys: ['prefix', 'suffix'] },
  ),
  { minLength: 1, maxLength: 3, selector: ({ prefix, suffix }) => `${prefix} ${suffix}` },
);
const times = fc.nat({ max: 5 });

const worlds: fc.Arbitrary<World> = fc
  .record(
    {
      variants: variantsOfAll.map(all => all.map(variant)),
      sources: fc.array(fc.tuple(keys, times, fc.array(fc.tuple(fc.nat({ max: 2 }), fc.boolean(), times))), {
        maxLength: 20,
      }),
      others: fc.array(fc.tuple(fc.constantFrom('m/', 'm/b/', 'm/a/', '!/'), keys, times), { maxLength: 5 }),
      extensions: fc.constant(['a', '!']),
      olderThan: times,
      except: fc.constantFrom(['a/'], ['é/', '!/']),
    },
    { requiredKeys: ['variants', 'sources', 'others'] },
  )
  .map(({ sources, others, ...world }) => {
    const bucket = new Map<string, number>();
    for (const [folder, key, time] of others) bucket.set(folder + key, time);
    for (const [key, time, thumbnails] of sources) {
      if (time > 0) bucket.set(key, time);
      for (const [i, has, thumbnailTime] of thumbnails) {
        const { prefix, suffix } = world.variants[i % world.variants.length] as Variant;
        if (has) bucket.set(prefix + key + suffix, thumbnailTime);
      }
    }
    return { ...world, bucket };
  });

const RUNS = { numRuns: 1000, seed: 15 };

test('the differences are those of plain sets', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, fc.boolean(), async (world, isBounded) => {
      const comparison = comparisonOf(world);
      const list = isBounded ? comparison.list : (wanted: Wanted) => unbounded(world.bucket, wanted);
      const steps = await stepsOf({ ...comparison, list });
      expect(unordered(differencesIn(steps))).toEqual(unordered(naive(world)));
      const folders = [...world.variants.map(({ prefix }) => prefix), ...(world.except ?? [])];
      const isSource = (key: string) => !key.endsWith('/') && !folders.some(one => key.startsWith(one));
      expect(sourcesIn(steps)).toBe([...world.bucket.keys()].filter(isSource).length);
    }),
    RUNS,
  );
});

test('ranges that follow each other share nothing, and are the whole together', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, fc.uniqueArray(keys, { maxLength: 4 }), async (world, borders) => {
      const comparison = comparisonOf(world);
      const [first, ...rest] = [...borders].sort(byBytes);
      const ranges: Range[] =
        first === undefined
          ? [{}]
          : [
              { upTo: first },
              ...rest.map((upTo, i) => ({ after: i === 0 ? first : (rest[i - 1] as string), upTo })),
              { after: rest.at(-1) ?? first },
            ];
      const parts = await Promise.all(ranges.map(range => stepsOf({ ...comparison, range })));
      for (const [i, part] of parts.entries()) {
        const { after = '', upTo } = ranges[i] as Range;
        for (const { key } of differencesIn(part)) {
          expect(byBytes(key, after) > 0 && (upTo === undefined || byBytes(key, upTo) <= 0)).toBe(true);
        }
      }
      const whole = await stepsOf(comparison);
      expect(unordered(differencesIn(parts.flat()))).toEqual(unordered(differencesIn(whole)));
      expect(sourcesIn(parts.flat())).toBe(sourcesIn(whole));
    }),
    RUNS,
  );
});

test('stopped after any step and gone on from there, it finds the rest and nothing twice; what waits are beginnings of one key', async () => {
  await fc.assert(
    fc.asyncProperty(
      worlds,
      fc.option(keys, { nil: undefined }),
      fc.integer({ min: 1, max: 3 }),
      fc.boolean(),
      async (world, after, atMost, isBounded) => {
        const comparison = comparisonOf(world);
        const list = isBounded ? comparison.list : (wanted: Wanted) => unbounded(world.bucket, wanted);
        const range = after === undefined ? {} : { after };
        const all = { ...comparison, list, range, atMost };
        const whole = await stepsOf(all);
        for (const [i, { position }] of whole.entries()) {
          const rest = await stepsOf({ ...all, position: JSON.parse(JSON.stringify(position)) });
          const before = whole.slice(0, i + 1);
          const waiting = position.undecided.map(({ key }) => key).sort((a, b) => a.length - b.length);
          expect(
            waiting.every((key, at) => waiting.at(-1)?.startsWith(key) && waiting.indexOf(key) === at),
          ).toBe(true);
          expect(differencesIn([...before, ...rest])).toEqual(differencesIn(whole));
          expect(sourcesIn([...before, ...rest])).toBe(sourcesIn(whole));
        }
      },
    ),
    { ...RUNS, numRuns: 400 },
  );
});

const some = (world: Partial<World>) => ({ bucket: new Map(), variants: [variant({})], ...world });

test('a source is one difference, whatever the order of its thumbnails', async () => {
  const small = variant({ prefix: 'small/' });
  const large = variant({ prefix: 'large/', suffix: '.thumb' });
  const bucket = new Map([
    ['a', 2],
    ['a!', 2],
    ['small/a', 1],
    ['small/a!', 3],
    ['large/a.thumb', 3],
  ]);
  const steps = await stepsOf(comparisonOf(some({ bucket, variants: [small, large] })));
  expect(differencesIn(steps)).toMatchObject([
    { key: 'a!', missing: [large], stale: [] },
    { key: 'a', missing: [], stale: [small] },
  ]);
});

test('a variant whose folder lies in that of another keeps its thumbnails, and so does the other', async () => {
  const outer = variant({ prefix: 'm/', suffix: '.x' });
  const inner = variant({ prefix: 'm/b/', suffix: '.y' });
  const bucket = new Map([
    ['b/c', 1],
    ['m/b/c.x', 2],
    ['m/b/b/c.y', 2],
  ]);
  expect(differencesIn(await stepsOf(comparisonOf(some({ bucket, variants: [outer, inner] }))))).toEqual([]);
});

test('a step has no more differences than asked for, and comes with every page', async () => {
  const bucket = new Map(Array.from({ length: 25 }, (_, i) => [`photo ${i}`, 1]));
  const steps = await stepsOf({ ...comparisonOf(some({ bucket })), atMost: 2 });
  expect(Math.max(...steps.map(({ differences }) => differences.length))).toBe(2);
  const thumbnails = [...bucket.keys()].map(key => [`m/${key}`, 2] as const);
  const inOrder = await stepsOf(comparisonOf(some({ bucket: new Map([...bucket, ...thumbnails]) })));
  expect(differencesIn(inOrder)).toEqual([]);
  expect(inOrder.length).toBeGreaterThan(10);
});

test('a listing in another order is refused', async () => {
  const list = async function* () {
    yield [listed('b', 1), listed('a', 1)];
  };
  const comparison = { ...comparisonOf(some({})), list };
  await expect(stepsOf(comparison)).rejects.toThrow(UnorderedListing);
});

test('whoever stops ends the listings', async () => {
  let ended = 0;
  const list = async function* () {
    try {
      for (let i = 0; ; i++) yield [listed(`m/${String(i).padStart(9, '0')}`, 1)];
    } finally {
      ended++;
    }
  };
  for await (const _ of compareListings({ ...comparisonOf(some({})), list })) break;
  expect(ended).toBe(2);
});

test('what a listing fails with is thrown', async () => {
  const list = async function* () {
    yield [];
    throw new Error('AccessDenied');
  };
  await expect(stepsOf({ ...comparisonOf(some({})), list })).rejects.toThrow('AccessDenied');
});
