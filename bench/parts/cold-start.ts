import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { FunctionSpec } from '../../local/function/function';
import { pythonWith, startChild } from '../child';
import { s3Event, sqsEvent } from '../events';
import { awsEnvironment, NODE, ourFunction, tutorialFunction } from '../functions';
import { FUNCTION_CPU, type Invokable, startFunction, startPillow } from '../invokable';
import { median } from '../measure';
import type { BenchOptions, Part } from '../part';
import { type LoopbackS3, NEAR, startS3 } from '../s3';

/** A source in a bucket that is not ours: the worker skips it, so its answer shows that the worker has loaded. */
const ANSWERED_AT_ONCE = JSON.stringify({
  Records: [{ s3: { bucket: { name: 'x' }, object: { key: 'x' } } }],
});

const LOAD = join(__dirname, '../contenders/load.cjs');

interface Contender {
  readonly name: string;
  /** Starts a process that only gets ready, and says what that took. */
  readonly ready: () => Promise<{ wall: number } & Ready>;
  /** Starts a process as Lambda does, for a first thumbnail. */
  readonly start?: () => Promise<Invokable> | Invokable;
  readonly event?: object;
  readonly kilobytes?: number | undefined;
}

interface Ready {
  readonly cpuMs: number;
}

/** From the start of a process to a function that is ready, and to its first thumbnail. */
export const coldStart: Part = {
  name: 'cold-start',
  async run(options) {
    const [photo = ''] = options.photos;
    const s3 = await startS3([photo], NEAR);
    try {
      const ours = (await ourFunction(join(options.work, 'cold-ours')))(s3.url);
      const tutorial = tutorialFunction(ours, join(options.work, 'cold-tutorial'));
      const python = pythonWith('PIL', 'boto3');
      if (python === undefined) options.note('cold-start: no Python with Pillow and boto3; left out.');
      const contenders: Contender[] = [
        { name: 'node and sharp alone (the floor)', ready: () => ready([NODE, LOAD, 'sharp'], tutorial) },
        node('ours', ours, photo, ANSWERED_AT_ONCE),
        node('tutorial (Node, sharp)', tutorial, photo),
        ...(python
          ? [
              {
                name: 'tutorial (Python, Pillow)',
                ready: () => ready([python, join(__dirname, '../contenders/pillow.py'), 'load'], ours),
                start: () => startPillow(python, ours),
                event: s3Event(photo),
              },
            ]
          : []),
      ];
      return [await race(contenders, s3, options)];
    } finally {
      s3.stop();
    }
  },
};

/** @param ping an event that the function answers without S3, if it is ready only then */
function node(name: string, spec: FunctionSpec, photo: string, ...ping: readonly string[]): Contender {
  const file = join(spec.folder, 'index.js');
  return {
    name,
    ready: () => ready([NODE, LOAD, file, ...ping], spec),
    start: () => startFunction(spec),
    event: sqsEvent([photo]),
    kilobytes: sizeOf(spec.folder) / 1000,
  };
}

function sizeOf(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

/** As on AWS, where the client of S3 loads TLS too: without an endpoint of ours. */
async function ready(command: readonly string[], spec: FunctionSpec): Promise<{ wall: number } & Ready> {
  const { AWS_ENDPOINT_URL = '', ...environment } = { ...spec.environment, ...awsEnvironment(spec) };
  const hidden = command[0] === NODE ? {} : { AWS_ENDPOINT_URL };
  const start = performance.now();
  const child = await startChild(command, { cpu: FUNCTION_CPU, environment: { ...environment, ...hidden } });
  const wall = performance.now() - start;
  const answer = await child.ask<Ready>({});
  await child.stop();
  return { wall, ...answer };
}

async function race(contenders: readonly Contender[], s3: LoopbackS3, { quick }: BenchOptions) {
  const rounds = quick ? 3 : 15;
  const measured = contenders.map(() => ({
    wall: [] as number[],
    cpu: [] as number[],
    first: [] as number[],
  }));
  for (let round = 0; round <= rounds; round++) {
    for (const [i, { ready, start, event }] of contenders.entries()) {
      const { wall, cpuMs } = await ready();
      const begun = performance.now();
      const running = await start?.();
      if (event) await running?.invoke(event);
      const first = performance.now() - begun;
      await s3.expectWritten(running ? 1 : 0);
      await running?.stop();
      const into = measured[i];
      if (round === 0 || into === undefined) continue; // warming up the disk's cache
      into.wall.push(wall);
      into.cpu.push(cpuMs);
      if (running) into.first.push(first);
    }
  }
  const cpu = measured.map(({ cpu }) => median(cpu));
  return {
    title: 'Cold start, one CPU',
    columns: ['', 'ms to ready', 'ms CPU', 'times the floor', 'ms to the first thumbnail', 'bundle, kB'],
    rows: contenders.map(({ name, kilobytes }, i) => [
      name,
      median(measured[i]?.wall ?? []),
      cpu[i],
      (cpu[i] ?? 0) / (cpu[0] ?? 1),
      measured[i]?.first.length ? median(measured[i]?.first ?? []) : undefined,
      kilobytes,
    ]),
    notes: [
      `Processes started in turns, medians of ${rounds}; the ratio is of CPU time, which other work on the machine disturbs least. ` +
        'Ready: the code is loaded and the client of S3 made, TLS included; of ours in the worker, which answers then.',
    ],
  };
}
