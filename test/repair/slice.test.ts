import type { Step } from '../../lambda/repair/model/compare';
import type { Difference } from '../../lambda/repair/model/difference';
import { repairSlice, type Slice } from '../../lambda/repair/slice';
import type { Variant } from '../../lambda/thumbnail/model/variant';

const variant = { prefix: 'miniaturas/', suffix: '' } as Variant;
const NONE = { missing: [], stale: [], unsure: [], orphan: [], unwanted: [] };
const source = (key: string) => ({ key, lastModified: 1000, size: 1, etag: `"${key}"` });
const missing = (key: string): Difference => ({ ...NONE, key, source: source(key), missing: [variant] });
const unsure = (key: string): Difference => ({ ...NONE, key, source: source(key), unsure: [variant] });
const orphan = (key: string): Difference => ({ ...NONE, key, source: undefined, orphan: [variant] });

/** A step for each list of differences; its position is the last key. */
function stepsOf(...all: readonly (readonly Difference[])[]): Step[] {
  return all.map((differences, i) => ({
    differences,
    sources: differences.length,
    position: { listed: differences.at(-1)?.key ?? `step ${i}`, undecided: [] },
  }));
}

/** What a slice works with where nothing is out of the ordinary. */
function sliceOf(steps: readonly Step[], others: Partial<Slice> = {}) {
  const sent: string[] = [];
  const slice: Slice = {
    async *compare(position) {
      yield* steps.slice(steps.findIndex(step => step.position.listed === position?.listed) + 1);
    },
    failures: { include: () => false, areMore: false },
    removedFolders: [],
    metadataOf: async () => undefined,
    send: async differences => void sent.push(...differences.map(({ key }) => key)),
    maxSources: 100,
    isTimeOver: () => false,
    ...others,
  };
  return { slice, sent };
}

test('a slice goes on where the one before stopped, until the run is done', async () => {
  const steps = stepsOf([missing('a')], [missing('b'), missing('c')], [missing('d')]);
  const { slice, sent } = sliceOf(steps, { isTimeOver: () => true });
  const first = await repairSlice({}, slice);
  expect(first).toMatchObject({ position: { listed: 'a' }, done: false, totals: { slices: 1, missing: 1 } });
  const second = await repairSlice(first, slice);
  expect(second).toMatchObject({ position: { listed: 'c' }, done: false, totals: { slices: 2, missing: 3 } });
  const third = await repairSlice(second, slice);
  expect(third).toMatchObject({ done: true, totals: { slices: 3, sources: 4, missing: 4 } });
  expect(sent).toEqual(['a', 'b', 'c', 'd']);
});

test('what could not be sent ends the slice with its fault: nothing gets past it', async () => {
  const { slice } = sliceOf(stepsOf([missing('a')], [missing('b')]), {
    send: async ([first]) => {
      if (first?.key === 'b') throw new Error('SQS does not answer');
    },
  });
  await expect(repairSlice({}, slice)).rejects.toThrow('SQS does not answer');
});

test('a run ends in the middle of a step when it has sent as much as it may', async () => {
  const steps = stepsOf([missing('a'), orphan('b'), missing('c')], [missing('d')]);
  const { slice, sent } = sliceOf(steps, {
    maxSources: 2,
    metadataOf: async () => ({ 'source-etag': '"x"' }),
  });
  expect(await repairSlice({}, slice)).toMatchObject({
    done: true,
    totals: { missing: 1, orphans: 1, notes: ['It ended when 2 sources were sent: the next run goes on.'] },
  });
  expect(sent).toEqual(['a', 'b']);
});

test('S3 is asked only where the listings do not tell', async () => {
  const asked: string[] = [];
  const metadata: Record<string, Record<string, string>> = {
    'miniaturas/same': { 'source-etag': '"same"' },
    'miniaturas/other': { 'source-etag': '"older"' },
    'miniaturas/ours': { 'source-etag': '"gone"' },
    'miniaturas/theirs': {},
  };
  const differences = [missing('a'), unsure('same'), unsure('other'), orphan('ours'), orphan('theirs')];
  const { slice, sent } = sliceOf(stepsOf(differences), {
    metadataOf: async key => {
      asked.push(key);
      return metadata[key];
    },
  });
  const { totals } = await repairSlice({}, slice);
  expect(asked.sort()).toEqual(Object.keys(metadata).sort());
  expect(sent).toEqual(['a', 'other', 'ours']);
  expect(totals).toMatchObject({ missing: 1, stale: 1, orphans: 1 });
});

test('a failure is left out and counted; a removal never is', async () => {
  const { slice, sent } = sliceOf(stepsOf([missing('a'), orphan('b')]), {
    failures: { include: () => true, areMore: true },
    metadataOf: async () => ({ 'source-etag': '"x"' }),
  });
  expect((await repairSlice({}, slice)).totals).toMatchObject({
    failures: 1,
    missing: 0,
    orphans: 1,
    notes: ['There are more failures than are read: sources of the others were sent.'],
  });
  expect(sent).toEqual(['b']);
});
