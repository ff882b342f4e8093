import { type Installation, install, patchTemplate, photo } from '../e2e/harness';
import { ENDURANCE, longRuns } from '../support/requires';
import { SLOW_SVG } from './svg-bombs';

const SECONDS = 2;

let miniaturas: Installation;
afterEach(() => miniaturas.stop());

async function start(): Promise<void> {
  miniaturas = await install(
    { variants: [{ suffix: '.thumb', width: 1600 }], timeoutSeconds: 12, limits: { seconds: SECONDS } },
    {
      prepare: assembly => {
        // A window, so that they come together; and a retry that is not waited for as long as on AWS.
        patchTemplate(assembly, 'AWS::Lambda::EventSourceMapping', '', { MaximumBatchingWindowInSeconds: 1 });
        patchTemplate(assembly, 'AWS::SQS::Queue', 'QueuesQueue', { VisibilityTimeout: 13 });
      },
    },
  );
}

const putAll = (files: readonly (readonly [string, Buffer])[]) =>
  Promise.all(files.map(([key, bytes]) => miniaturas.put(key, bytes)));

const { test: long } = longRuns();

const BATCHES: readonly (readonly [slow: number, good: number])[] = ENDURANCE
  ? [
      [1, 3],
      [4, 6],
      [8, 2],
    ]
  : [[1, 3]];

test.each(BATCHES)(
  '%i slow SVGs in a batch with %i good images cost those nothing',
  async (slow, good) => {
    await start();
    const bytes = await photo();
    const goodKeys = Array.from({ length: good }, (_, i) => `good ${i}.jpg`);
    const slowKeys = Array.from({ length: slow }, (_, i) => `slow ${i}.svg`);
    // The good ones have thumbnails already, which a wrong verdict would remove.
    await putAll(goodKeys.map(key => [key, bytes]));
    await miniaturas.cloud.drain();

    await putAll([
      ...slowKeys.map(key => [key, SLOW_SVG] as const),
      ...goodKeys.map(key => [key, bytes] as const),
    ]);
    await miniaturas.cloud.drain();

    expect(await miniaturas.keys('miniaturas/')).toEqual(goodKeys.map(key => `miniaturas/${key}.thumb`));
    const letters = await miniaturas.deadLetters();
    expect(letters.map(({ key, reason }) => [key, reason]).sort()).toEqual(
      slowKeys.map(key => [key, 'took too long']),
    );
    expect(
      miniaturas
        .outcomes('rejected')
        .map(({ key }) => key)
        .sort(),
    ).toEqual(slowKeys);
  },
  240_000,
);

long(
  'after a slow SVG the function is as it was before: a thousand images, none rejected',
  async () => {
    await start();
    await putAll([['slow.svg', SLOW_SVG]]);
    await miniaturas.cloud.drain();
    const bytes = await photo();
    const keys = Array.from({ length: 1000 }, (_, i) => `${`${i}`.padStart(3, '0')}.jpg`);
    for (let i = 0; i < keys.length; i += 50) await putAll(keys.slice(i, i + 50).map(key => [key, bytes]));
    await miniaturas.cloud.drain();
    expect(await miniaturas.keys('miniaturas/')).toEqual(keys.map(key => `miniaturas/${key}.thumb`));
    expect(miniaturas.outcomes('rejected').map(({ key }) => key)).toEqual(['slow.svg']);
  },
  240_000,
);
