import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addToEnvironment, type Installation, install, patchTemplate, photo } from '../e2e/harness';
import { variant } from '../render/variants';
import { requires } from '../support/requires';
import { type Bomb, bombs } from './bombs';
import { createMemoryGroup, type MemoryGroup, whyNoMemoryGroup } from './memory-group';

/** Long runs, for CI: `MINIATURAS_ENDURANCE=yes npm run jest -- test/hostile/memory`. */
const whyNot = process.env.MINIATURAS_ENDURANCE ? whyNoMemoryGroup() : undefined;
const needs = whyNot ? `a cgroup (${whyNot})` : 'MINIATURAS_ENDURANCE (long runs, for CI)';
const canRun = process.env.MINIATURAS_ENDURANCE !== undefined && whyNot === undefined;
const GOOD_IMAGES = 3;
const VARIANTS = [{ suffix: '.thumb' }, { prefix: 'large/', suffix: '.thumb', width: 1600, height: 1600 }];

/** In MiB: the default, and with `MINIATURAS_ENDURANCE=all` a small one. */
const SIZES = process.env.MINIATURAS_ENDURANCE === 'all' ? [1769, 512] : [1769];
requires(canRun, needs).describe.each(SIZES)(
  'a function of %i MiB, held to its memory by the kernel',
  holdsItsMemory,
);

function holdsItsMemory(memoryMiB: number): void {
  const wrapper = join(tmpdir(), `miniaturas-wrapper-${process.pid}-${memoryMiB}`);
  const table: Record<string, { outcome: string; peakMiB: number; kills: number }> = {};
  let group: MemoryGroup;
  let miniaturas: Installation;
  let all: Bomb[] = [];
  let good: Buffer;

  beforeAll(async () => {
    group = createMemoryGroup(`miniaturas-${process.pid}-${memoryMiB}`, memoryMiB);
    group.writeWrapper(wrapper);
    all = await bombs({ memoryMiB, variants: VARIANTS.map(variant) }, process.env.MINIATURAS_CORPUS);
    good = await photo({ width: 2000, height: 1500 });
    miniaturas = await install(
      {
        memoryMiB,
        // Time enough for a batch of the slowest on a busy machine: no verdict here is to be about time.
        timeoutSeconds: 300,
        variants: VARIANTS,
        watch: 'all',
      },
      {
        prepare: assembly => {
          const inOneProcess = {
            MaximumBatchingWindowInSeconds: 1,
            ScalingConfig: { MaximumConcurrency: 1 },
          };
          patchTemplate(assembly, 'AWS::Lambda::EventSourceMapping', '', inOneProcess);
          addToEnvironment(assembly, { AWS_LAMBDA_EXEC_WRAPPER: wrapper });
        },
      },
    );
  }, 600_000);

  afterAll(async () => {
    await miniaturas.stop();
    rmSync(wrapper);
    group.remove();
    console.log(`What each took in a function of ${memoryMiB} MiB:`);
    console.table(table);
  });

  test('every bomb is answered at its first try, and costs no other image anything', async () => {
    const { cloud, put, keys, outcomes } = miniaturas;
    const goodKeys: string[] = [];
    const drop = async (some: readonly Bomb[], round: string) => {
      const others = Array.from({ length: GOOD_IMAGES }, (_, i) => `good ${round} ${i}.jpg`);
      goodKeys.push(...others);
      await Promise.all([
        ...some.map(({ key, bytes }) => put(key, bytes)),
        ...others.map(key => put(key, good)),
      ]);
      await cloud.drain();
    };
    await drop([], 'at first');
    const parents = cloud.functionProcesses();
    expect(parents).toHaveLength(1);

    for (const bomb of all) {
      group.takePeakMiB();
      const kills = group.kills();
      await drop([bomb], bomb.key);
      table[bomb.key] = {
        outcome: outcomeOf(bomb),
        peakMiB: group.takePeakMiB(),
        kills: group.kills() - kills,
      };
    }
    const kills = group.kills();
    await drop(all, 'all at once');
    table['all at once'] = { outcome: '', peakMiB: group.takePeakMiB(), kills: group.kills() - kills };

    expect(cloud.functionProcesses()).toEqual(parents);
    expect(cloud.counters).toMatchObject({ coldStarts: 1, crashes: 0, timeouts: 0, errors: 0, failed: 0 });
    expect(
      Object.entries(table).filter(([key, { outcome }]) => key !== 'all at once' && outcome === ''),
    ).toEqual([]);
    const made = await keys();
    for (const key of goodKeys)
      expect(made).toEqual(expect.arrayContaining([`miniaturas/${key}.thumb`, `large/${key}.thumb`]));
    expect(outcomes('rejected').filter(({ key }) => String(key).startsWith('good '))).toEqual([]);
  }, 1_800_000);

  /** Why it was rejected, or that it was rendered; empty where it has had no answer. */
  function outcomeOf({ key }: Bomb): string {
    const is = (line: Record<string, unknown>) => line.key === key;
    const rejection = miniaturas.outcomes('rejected').find(is);
    if (rejection !== undefined) return String(rejection.reason);
    return miniaturas.outcomes('created').some(is) ? 'created' : '';
  }
}
