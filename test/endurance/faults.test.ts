import { install, patchTemplate, photo } from '../e2e/harness';
import { random } from '../support/random';
import { longRuns } from '../support/requires';
import { type Unreliable, unreliable } from './unreliable';

const IMAGES = 500;
const KILLS = 20;
const SHARE = 0.1;

longRuns().test(
  `${IMAGES} images through faults in ${SHARE * 100} % of S3 calls and ${KILLS} kills: ${IMAGES} correct thumbnails`,
  async () => {
    const draw = random(20_261_121);
    const fraction = () => draw(2 ** 20) / 2 ** 20;
    let s3: Unreliable | undefined;
    const miniaturas = await install(
      // With a suffix, so that thumbnails are not announced and each message is an image.
      { variants: [{ suffix: '.thumb' }], timeoutSeconds: 10 },
      {
        // Six times the timeout would be right on AWS; here it would only be waited for.
        prepare: assembly =>
          patchTemplate(assembly, 'AWS::SQS::Queue', 'QueuesQueue', { VisibilityTimeout: 21 }),
        between: async endpoint => {
          s3 = await unreliable(endpoint, SHARE, fraction);
          return s3.url;
        },
      },
    );
    try {
      const { cloud, put } = miniaturas;
      const sizes = Array.from({ length: IMAGES }, (_, i) => ({ width: 300 + i, height: 300 }));
      const keyOf = (i: number) => `album ${i % 7}/foto ${i}.jpg`;
      const killing = killSometimes(cloud, fraction);
      for (const [i, size] of sizes.entries()) await put(keyOf(i), await photo(size));
      const kills = await killing.done;
      await cloud.drain();

      for (const [i, { width, height }] of sizes.entries()) {
        const thumbnail = await miniaturas.image(`miniaturas/${keyOf(i)}.thumb`);
        const expected = { 'source-width': `${width}`, 'source-height': `${height}` };
        expect(thumbnail).toMatchObject({ width: 200, metadata: expected });
        expect(Math.abs((thumbnail?.height ?? 0) - (200 * height) / width)).toBeLessThan(1.5);
      }
      expect(await miniaturas.keys('miniaturas/')).toHaveLength(IMAGES);
      expect(await miniaturas.deadLetters()).toEqual([]);
      console.log('faults', s3?.faults, 'of', s3?.calls(), 'calls;', 'local cloud', cloud.counters);
      expect(kills).toBe(KILLS);
    } finally {
      await miniaturas.stop();
      s3?.close();
    }
  },
  600_000,
);

/** Ends a function process that is at work, at random, until it has done so often enough. */
function killSometimes(
  { functionProcesses, onChange }: Awaited<ReturnType<typeof install>>['cloud'],
  random: () => number,
): { readonly done: Promise<number> } {
  const victims = new Set<number>();
  const { promise, resolve } = Promise.withResolvers<number>();
  // Each thumbnail that appears is a moment in the middle of the work.
  onChange(({ key }) => {
    if (victims.size >= KILLS || !key.startsWith('miniaturas/') || random() > 0.06) return;
    const processes = functionProcesses().filter(id => !victims.has(id));
    const victim = processes[Math.floor(random() * processes.length)];
    if (victim === undefined) return;
    process.kill(victim, 'SIGKILL');
    victims.add(victim);
    if (victims.size === KILLS) resolve(KILLS);
  });
  return { done: promise };
}
