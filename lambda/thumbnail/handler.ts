import { join } from 'node:path';
import type { Context, SQSBatchResponse } from 'aws-lambda';
import { type Answer, answer } from './answer';
import { processBatch } from './batch';
import { type FunctionEvent, isQueueEvent, type SourceEvent, sourcesOf } from './events';
import { logFault, logOutcome } from './log';
import type { Outcome } from './model/outcome';
import { ENVIRONMENT, type Settings } from './model/settings';
import { createSupervisor, OutOfTime } from './supervisor';
import { startWorkerProcess } from './worker-process';

const { limits }: Settings = JSON.parse(process.env[ENVIRONMENT.settings] as string);

/** Reading and writing take several times as long as rendering, and no CPU: all of a usual batch is in flight at once. */
const SOURCES_IN_FLIGHT = 20;
/** sharp and ImageMagick keep to the limit themselves, which costs nothing; past this the worker is ended. */
const GRACE_MS = 500;
/** What is kept of the function's time, in ms, to answer in. */
const TIME_TO_ANSWER_MS = 1_000;

const supervisor = createSupervisor({
  startWorker: () =>
    startWorkerProcess(join(__dirname, 'worker.js'), {
      renderMs: limits.seconds * 1000 + GRACE_MS,
      stderr: text => process.stderr.write(text),
    }),
  concurrency: SOURCES_IN_FLIGHT,
});

/** The function: a batch of queue messages, or an S3 event by itself. */
export async function handler(event: FunctionEvent, context: Context): Promise<SQSBatchResponse | Answer> {
  const remaining = context.getRemainingTimeInMillis();
  const clock = new AbortController();
  const timer = setTimeout(
    () => {
      clock.abort(new OutOfTime());
      supervisor.endWorker();
    },
    remaining - Math.min(TIME_TO_ANSWER_MS, remaining / 4),
  );
  try {
    return await respond(event, source => processSource(source, clock.signal));
  } finally {
    clearTimeout(timer);
  }
}

async function respond(
  event: FunctionEvent,
  process: (source: SourceEvent) => Promise<Outcome>,
): Promise<SQSBatchResponse | Answer> {
  if (isQueueEvent(event)) {
    return processBatch(event.Records, {
      process,
      failed: ({ messageId }, cause) => logFault(messageId, cause),
    });
  }
  const outcomes: { key: string; outcome: Outcome }[] = [];
  for (const source of sourcesOf(event)) {
    outcomes.push({ key: source.key, outcome: await process(source) });
  }
  return answer(outcomes);
}

async function processSource(source: SourceEvent, outOfTime: AbortSignal): Promise<Outcome> {
  const { outcome, milliseconds } = await supervisor.process(source, outOfTime);
  logOutcome(source, outcome, milliseconds);
  return outcome;
}
