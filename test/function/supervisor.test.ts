import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SourceEvent } from '../../lambda/thumbnail/model/events';
import { createSupervisor, OutOfTime, type Supervisor } from '../../lambda/thumbnail/supervisor';
import { startWorkerProcess, type WorkerProcess } from '../../lambda/thumbnail/worker-process';

const RENDER_MS = 1_000;
const folder = mkdtempSync(join(tmpdir(), 'miniaturas-supervisor-'));
const script = join(folder, 'worker.js');
afterAll(() => rmSync(folder, { recursive: true }));

/** A worker that does what a source's key says; it reports the verdict that it is given, its process id, and who was in flight. */
writeFileSync(
  script,
  `const inFlight = new Set();
   process.on('message', async ({ id, source: { key }, verdict }) => {
     inFlight.add(key);
     const send = message => process.send({ id, ...message });
     const etag = '"of ' + key + '"';
     send({ kind: 'read', etag });
     if (verdict === undefined || verdict.etag !== etag) {
       send({ kind: 'rendering' });
       await new Promise(setImmediate);
       if (key === 'hang') return; // as librsvg does, beside which others go on
       if (key === 'spin') for (;;); // nothing else goes on
       if (key === 'fault') return send({ kind: 'fault', name: 'SlowDown', message: 'no luck' });
       if (key === 'abort' || (key === 'abort in company' && inFlight.size > 1)) process.abort();
       if (key === 'out of memory') { process.stderr.write('FATAL ERROR: JavaScript heap out of memory'); process.abort(); }
       if (key === 'killed') process.kill(process.pid, 'SIGKILL');
       if (key === 'exit') process.exit(3);
       send({ kind: 'rendered' });
     }
     if (key === 'slow write') await new Promise(resolve => setTimeout(resolve, 2 * ${RENDER_MS}));
     const company = [...inFlight].filter(other => other !== key);
     inFlight.delete(key);
     send({ kind: 'done', report: { outcome: { verdict, company, pid: process.pid }, milliseconds: {} } });
   });`,
);

let workers: WorkerProcess[];
let supervisor: Supervisor;
beforeEach(() => {
  workers = [];
  supervisor = createSupervisor({
    concurrency: 4,
    startWorker: () => {
      const worker = startWorkerProcess(script, { renderMs: RENDER_MS, stderr: () => undefined });
      workers.push(worker);
      return worker;
    },
  });
});
afterEach(() => supervisor.endWorker());

const never = new AbortController().signal;
const sourceOf = (key: string): SourceEvent => ({ bucket: 'b', key, size: 1, isRemoval: false, event: {} });
const outcomeOf = async (key: string, signal = never) =>
  (await supervisor.process(sourceOf(key), signal)).outcome as unknown as {
    readonly verdict?: object;
    readonly company: readonly string[];
    readonly pid: number;
  };

test('sources are worked on together, by one worker', async () => {
  const [a, b] = await Promise.all([outcomeOf('a'), outcomeOf('b')]);
  expect(a.pid).toBe(b.pid);
  expect(b.company.length + a.company.length).toBeGreaterThan(0);
  expect(workers).toHaveLength(1);
});

test('a fault in the worker keeps its name and message, and the worker', async () => {
  await expect(outcomeOf('fault')).rejects.toMatchObject({ name: 'SlowDown', message: 'no luck' });
  await outcomeOf('a');
  expect(workers).toHaveLength(1);
});

test('a source that ends the worker gets a verdict; those that were in flight with it are done again, alone', async () => {
  const [bad, ...good] = await Promise.all(
    ['abort', 'slow write', 'b', 'c', 'd', 'e'].map(key => outcomeOf(key)),
  );
  expect(bad?.verdict).toEqual({ etag: '"of abort"', crash: 'SIGABRT' });
  expect(good.map(({ verdict }) => verdict)).toEqual([undefined, undefined, undefined, undefined, undefined]);
  expect(good[0]?.company).toEqual([]);
});

test('a source that ends the worker only in company gets no verdict', async () => {
  const [odd] = await Promise.all([outcomeOf('abort in company'), outcomeOf('slow write')]);
  expect(odd?.verdict).toBeUndefined();
});

test.each([['killed'], ['exit'], ['out of memory']])(
  'a worker that ends by %s proves nothing of the source: a fault, to be tried again',
  async key => {
    await expect(outcomeOf(key)).rejects.toMatchObject({ name: 'WorkerEnded' });
    expect((await outcomeOf('a')).verdict).toBeUndefined();
  },
);

test.each([['hang'], ['spin']])(
  'a rendering by %s that takes too long gets a verdict, and its worker is gone',
  async key => {
    const [slow, good] = await Promise.all([outcomeOf(key), outcomeOf('a')]);
    expect(slow?.verdict).toEqual({ etag: `"of ${key}"` });
    expect(good?.verdict).toBeUndefined();
    expect(workers.map(worker => worker.isAlive())).toEqual([...workers.slice(1).map(() => false), true]);
  },
);

test('time that is not rendering does not count', async () => {
  expect((await outcomeOf('slow write')).verdict).toBeUndefined();
  expect(workers).toHaveLength(1);
});

test('when time runs out, what is in flight and what waits is given back; the next source gets a new worker', async () => {
  const clock = new AbortController();
  const given = ['hang', 'spin', 'slow write', 'hang', 'a', 'b'].map(key => outcomeOf(key, clock.signal));
  clock.abort(new OutOfTime());
  supervisor.endWorker();
  for (const { status } of await Promise.allSettled(given)) expect(status).toBe('rejected');
  await expect(given[0]).rejects.toBeInstanceOf(OutOfTime);
  await expect(given[5]).rejects.toBeInstanceOf(OutOfTime);
  expect((await outcomeOf('a')).verdict).toBeUndefined();
});

test('a worker that cannot start is a fault', async () => {
  const broken = createSupervisor({
    concurrency: 4,
    startWorker: () =>
      startWorkerProcess(join(folder, 'missing.js'), { renderMs: RENDER_MS, stderr: () => undefined }),
  });
  await expect(broken.process(sourceOf('a'), never)).rejects.toThrow(/^The worker ended \(exit code 1\)/);
});
