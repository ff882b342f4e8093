import { join } from 'node:path';
import { ASSUMED, INVOCATION_BYTES, queueRequests, type Usage, usage } from '../../lib/cost/cost';
import { pythonWith } from '../child';
import { dollars, WORK } from '../dollars';
import { s3Event, sqsEvent } from '../events';
import { ourFunction, tutorialFunction } from '../functions';
import { type Invokable, startFunction, startPillow } from '../invokable';
import { cpuMsOf, median } from '../measure';
import type { BenchOptions, Part, Table } from '../part';
import { type LoopbackS3, NEAR, startS3 } from '../s3';

interface Contender {
  readonly name: string;
  /** Photos an invocation. */
  readonly batch: number;
  readonly event: (photos: readonly string[]) => object;
  /** What AWS bills beside the time, for a photo. */
  readonly requests: Requests;
  readonly start: () => Promise<Invokable> | Invokable;
}

type Requests = Omit<Usage, 'billedMs'>;

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
        requests: usage({ ...WORK, batchSize: size }),
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
          requests: tutorialRequests({ batch: 10, queueRequests: queueRequests(10), startMs: 171 }),
          start: () => startFunction(tutorial),
        },
        ...(python
          ? [
              {
                name: 'tutorial (Python, Pillow)',
                batch: 1,
                event: ([photo = '']: readonly string[]) => s3Event(photo),
                requests: tutorialRequests({ batch: 1, queueRequests: 0, startMs: 316 }),
                start: () => startPillow(python, ours),
              },
            ]
          : []),
      ];
      return await race(contenders, s3, options);
    } finally {
      s3.stop();
    }
  },
};

/**
 * The tutorials' functions read and write once, and log Lambda's own lines. Their thumbnails are in another bucket. `startMs` is
 * what part `cold-start` measured.
 */
function tutorialRequests({
  batch,
  queueRequests,
  startMs,
}: {
  readonly batch: number;
  readonly queueRequests: number;
  readonly startMs: number;
}): Requests {
  const invocations = 1 / batch;
  return {
    initMs: startMs * invocations * ASSUMED.coldStarts,
    invocations,
    gets: 1,
    puts: 1,
    queueRequests,
    bridgeEvents: 0,
    logBytes: INVOCATION_BYTES * invocations,
  };
}

async function race(
  contenders: readonly Contender[],
  s3: LoopbackS3,
  { photos, quick }: BenchOptions,
): Promise<Table[]> {
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
      await s3.expectWritten(count);
      if (round < warmUp) continue;
      measured[i]?.wall.push(wall / count);
      measured[i]?.cpu.push((cpuMsOf(process.id) - cpu) / count);
    }
  }
  await Promise.all(running.map(({ process }) => process.stop()));
  const results = contenders.map(({ name, requests }, i) => ({
    name,
    requests,
    billedMs: median(measured[i]?.wall ?? []),
    cpuMs: median(measured[i]?.cpu ?? []),
  }));
  const first = results[0]?.billedMs ?? Number.NaN;
  return [
    {
      title: 'Billed milliseconds a photo, one CPU',
      columns: ['', 'ms billed', 'ms CPU', 'times ours'],
      rows: results.map(({ name, billedMs, cpuMs }) => [name, billedMs, cpuMs, billedMs / first]),
      notes: [
        `S3 on loopback, in another process: first byte after ${NEAR.firstByteMs} ms, ${NEAR.megabytesPerSecond} MB/s a connection, ` +
          `writes ${NEAR.writeMs} ms. ${count} photos a round (${photos.length} different), in turns; medians of ${rounds} rounds, ` +
          `the mean of a round's photos each. The limit is the CPU of rendering (part render).`,
      ],
    },
    dollars(results.map(({ name, requests, billedMs }) => [name, { ...requests, billedMs }])),
  ];
}
