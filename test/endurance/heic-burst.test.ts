import { residentMiB } from '../../bench/measure';
import { install } from '../e2e/harness';
import { heifOf, hevcItem } from '../render/heif-file';
import { hevcOf } from '../render/hevc';
import { longRuns } from '../support/requires';

const IMAGES = 400;
const SAMPLE_EVERY = 50;

longRuns().test(
  `${IMAGES} HEICs dropped at once, half of them with a thumbnail: memory that stays as it is`,
  async () => {
    const miniaturas = await install({ variants: [{ suffix: '.thumb' }] });
    const { cloud, put, keys, deadLetters } = miniaturas;
    const shade = (x: number, y: number) => [x & 255, y & 255, (x + y) & 255];
    const picture = hevcItem(1, hevcOf({ width: 512, height: 384 }, shade));
    const thumbnail = hevcItem(2, hevcOf({ width: 256, height: 192 }, shade));
    const sources = [heifOf([picture]), heifOf([picture, thumbnail], [{ type: 'thmb', from: 2, to: [1] }])];
    const samples: { done: number; MiB: number }[] = [];
    let done = 0;
    cloud.onChange(({ key }) => {
      if (!key.startsWith('miniaturas/') || ++done % SAMPLE_EVERY > 0) return;
      samples.push({ done, MiB: Math.round(Math.max(...cloud.functionProcesses().map(residentMiB))) });
    });
    try {
      for (let i = 0; i < IMAGES; i++) await put(`${i}.heic`, sources[i % 2] ?? Buffer.alloc(0));
      await cloud.drain();
      console.table(samples);
      expect(await keys('miniaturas/')).toHaveLength(IMAGES);
      expect(await deadLetters()).toEqual([]);
      expect(cloud.counters).toMatchObject({ crashes: 0, timeouts: 0, errors: 0, deadLettered: 0 });
      const [half, end] = [samples[3]?.MiB ?? 0, samples.at(-1)?.MiB ?? Number.POSITIVE_INFINITY];
      expect(end).toBeLessThan(half * 1.2);
    } finally {
      await miniaturas.stop();
    }
  },
  600_000,
);
