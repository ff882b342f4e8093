import { join } from 'node:path';
import { pythonWith } from '../child';
import { s3Event, sqsEvent } from '../events';
import { ourFunction, tutorialFunction } from '../functions';
import { type Invokable, startFunction, startPillow } from '../invokable';
import { cpuMsOf, median } from '../measure';
import type { BenchOptions, Part, Table } from '../part';
import { NEAR, startS3 } from '../s3';

interface Contender {
  readonly name: string;
  /** Photos an invocation. */
  readonly batch: number;
  readonly event: (photos: readonly string[]) => object;
  readonly start: () => Promise<Invokable> | Invokable;
}

/** What AWS bills for: milliseconds from event to answer, a photo, with S3 at a distance and one CPU. */
export const billed: Part = {
  name: 'billed',
  async run(options) {
    const { photos, quick, work, note } = options;
    const s3 = await startS3(photos, NEAR);
    try {
      const ours = (await ourFunction(join(work, 'billed-ours')))(s3.url);
      const tutorial = tutorialFunction(ours, join(work, 'billed-tutorial'));
      const python = pythonWith('PIL', 'boto3');
      if (python === undefined) note('billed: no Python with Pillow and boto3; left out.');
      const batch = (name: string, size: number): Contender => ({
        name,
        batch: size,
        event: sqsEvent,
        start: () => startFunction(ours),
      });
      const contenders: Contender[] = [
        batch('ours, batches of 10', 10),
        ...(quick ? [] : [batch('ours, batches of 20', 20), batch('ours, batches of 40', 40)]),
        batch('ours, one by one', 1),
        {
          name: 'tutorial (Node, sharp), batches of 10',
          batch: 10,
          event: sqsEvent,
          start: () => startFunction(tutorial),
        },
        ...(python
          ? [
              {
                name: 'tutorial (Python, Pillow)',
                batch: 1,
                event: ([photo = '']: readonly string[]) => s3Event(photo),
                start: () => startPillow(python, ours),
              },
            ]
          : []),
      ];
      return [await race(contenders, options)];
    } finally {
      s3.stop();
    }
  },
};

async function race(contenders: readonly Contender[], { photos, quick }: BenchOptions): Promise<Table> {
  const count = quick ? 10 : 40;
  const rounds = quick ? 2 : 7;
  // A function lives for thousands of images; V8 has compiled what it runs after some hundred.
  const warmUp = quick ? 1 : 4;
  const all = Array.from({ length: count }, (_, i) => photos[i % photos.length] ?? '');
  const running = await Promise.all(
    contenders.map(async contender => ({ ...contender, process: await contender.start() })),
  );
  const measured = running.map(() => ({ wall: [] as number[], cpu: [] as number[] }));
  for (let round = 0; round < warmUp + rounds; round++) {
    for (const [i, { batch, event, process }] of running.entries()) {
      const cpu = cpuMsOf(process.id);
      let wall = 0;
      for (let from = 0; from < count; from += batch) {
        const start = performance.now();
        await process.invoke(event(all.slice(from, from + batch)));
        wall += performance.now() - start;
      }
      if (round < warmUp) continue;
      measured[i]?.wall.push(wall / count);
      measured[i]?.cpu.push((cpuMsOf(process.id) - cpu) / count);
    }
  }
  await Promise.all(running.map(({ process }) => process.stop()));
  const results = measured.map(({ wall, cpu }) => ({ wall: median(wall), cpu: median(cpu) }));
  const first = results[0] ?? { wall: Number.NaN };
  return {
    title: 'Billed milliseconds a photo, one CPU',
    columns: ['', 'ms billed', 'ms CPU', 'times ours'],
    rows: contenders.map(({ name }, i) => [
      name,
      results[i]?.wall,
      results[i]?.cpu,
      (results[i]?.wall ?? 0) / first.wall,
    ]),
    notes: [
      `S3 on loopback, in another process: first byte after ${NEAR.firstByteMs} ms, ${NEAR.megabytesPerSecond} MB/s a connection, ` +
        `writes ${NEAR.writeMs} ms. ${count} photos a round (${photos.length} different), in turns; medians of ${rounds} rounds, ` +
        `the mean of a round's photos each. The limit is the CPU of rendering (part render).`,
    ],
  };
}
