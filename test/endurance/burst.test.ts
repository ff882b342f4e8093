import { residentMiB } from '../../bench/measure';
import { install, photo } from '../e2e/harness';
import { longRuns } from '../support/requires';

const IMAGES = 5_000;
const UPLOADS_AT_ONCE = 50;
const SAMPLE_EVERY = 500;

longRuns().test(
  `${IMAGES} small images dropped at once: ${IMAGES} thumbnails, and memory that stays as it is`,
  async () => {
    const miniaturas = await install({ variants: [{ suffix: '.thumb' }] });
    const { cloud, put, keys, deadLetters } = miniaturas;
    const started = performance.now();
    const samples: { done: number; seconds: number; MiB: number }[] = [];
    let done = 0;
    cloud.onChange(({ key }) => {
      if (!key.startsWith('miniaturas/') || ++done % SAMPLE_EVERY > 0) return;
      const seconds = Math.round((performance.now() - started) / 1000);
      samples.push({
        done,
        seconds,
        MiB: Math.round(Math.max(...cloud.functionProcesses().map(residentMiB))),
      });
    });
    try {
      const bytes = await photo();
      const waiting = Array.from({ length: IMAGES }, (_, i) => `${i}.jpg`);
      const lane = async () => {
        for (let key = waiting.pop(); key; key = waiting.pop()) await put(key, bytes);
      };
      await Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, lane));
      await cloud.drain();

      console.log(`Memory of the larger function process while ${IMAGES} images were made:`);
      console.table(samples);
      expect(await keys('miniaturas/')).toHaveLength(IMAGES);
      expect(await deadLetters()).toEqual([]);
      expect(cloud.counters).toMatchObject({ crashes: 0, timeouts: 0, errors: 0, deadLettered: 0 });
      // The heap finds its size in the first half; from then on only a leak would add to it.
      const [half, end] = [samples[4]?.MiB ?? 0, samples.at(-1)?.MiB ?? Number.POSITIVE_INFINITY];
      expect(end).toBeLessThan(half * 1.2);
    } finally {
      await miniaturas.stop();
    }
  },
  600_000,
);
