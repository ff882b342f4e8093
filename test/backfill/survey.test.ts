import { sortable } from '../../lambda/repair/model/key-order';
import type { Listed, Wanted } from '../../lambda/repair/model/listed';
import type { Settings } from '../../lambda/thumbnail/model/settings';
import { type Survey, survey } from '../../ops/backfill/survey';

const variant = {
  prefix: 'miniaturas/',
  suffix: '.webp',
  fit: 'inside',
  position: 'centre',
  format: 'webp',
  background: '#ffffff',
  animated: false,
} as const;

const SOURCES = 13_000;
const sources = Array.from(
  { length: SOURCES },
  (_, i) => `${i % 2 ? 'albums' : '写真'}/20${10 + (i % 13)}/IMG_${i}.jpg`,
);
const isMissing = (i: number) => i % 100 === 0;
const object = (key: string, lastModified: number): Listed => ({ key, lastModified, size: 10, etag: '"x"' });
/** A bucket as S3 lists it. */
const objects = [
  ...sources.map(key => object(key, 1000)),
  ...sources.filter((_, i) => !isMissing(i)).map(key => object(`miniaturas/${key}.webp`, 3000)),
  object('miniaturas/albums/gone.jpg.webp', 3000),
  object('old/albums/1.jpg', 3000),
].sort((a, b) => (sortable(a.key) < sortable(b.key) ? -1 : 1));

async function* list({ prefix, after = '', upTo, except = [] }: Wanted) {
  const wanted = objects.filter(
    ({ key }) =>
      key.startsWith(prefix) &&
      sortable(key) > sortable(after) &&
      (upTo === undefined || sortable(key) <= sortable(upTo)) &&
      !except.some(folder => key.startsWith(folder)),
  );
  for (let i = 0; i < wanted.length; i += 1000) yield wanted.slice(i, i + 1000);
}

async function surveyed(over: Partial<Survey>) {
  const [work, unkept] = [[] as string[], [] as string[]];
  const options = {
    list,
    settings: { variants: [variant], extensions: ['jpg'] } as unknown as Settings,
    removed: [{ prefix: 'old/', suffix: '' }],
    since: () => undefined,
    prefix: '',
    failing: new Map(),
    inRanges: true,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    ...over,
  } as unknown as Survey;
  const found = await survey(options, {
    onWork: ({ key }) => work.push(key),
    onUnkept: key => unkept.push(key),
  });
  return { found, work: work.sort(), unkept };
}

test('a large bucket in ranges has what it has as a whole', async () => {
  const whole = await surveyed({ inRanges: false });
  expect(whole.found).toMatchObject({
    sources: SOURCES,
    leftovers: 1,
    variants: [{ missing: SOURCES / 100, stale: 0, orphans: 1 }],
  });
  expect(whole.unkept).toEqual(['old/albums/1.jpg']);
  expect(await surveyed({})).toEqual(whole);
});

test('of those with a beginning nothing else counts', async () => {
  const { found, work } = await surveyed({ prefix: 'albums/2011/' });
  expect(found.sources).toBe(sources.filter(key => key.startsWith('albums/2011/')).length);
  expect(work.every(key => key.startsWith('albums/2011/'))).toBe(true);
});

test('thumbnails from before a recipe changed are stale, whatever their source is', async () => {
  const { found } = await surveyed({ since: () => 3001 });
  expect(found.variants[0]).toMatchObject({ stale: SOURCES - SOURCES / 100, orphans: 1 });
});

test('a source that failed after it was modified is left out', async () => {
  const failing = new Map([
    [sources[0] as string, 1000],
    [sources[100] as string, 999],
  ]);
  const { found, work } = await surveyed({ failing });
  expect(found).toMatchObject({ failing: 1, variants: [{ missing: SOURCES / 100 - 1, failing: 1 }] });
  expect(work).toContain(sources[100]);
});
