import { join } from 'node:path';
import type { Context, SQSBatchResponse } from 'aws-lambda';
import { type Answer, answer } from './answer';
import { processBatch } from './batch';
import { deadlineOf } from './deadline';
import { logFault, logOutcome } from './log';
import { type FunctionEvent, isQueueEvent, type SourceEvent, sourcesOf } from './model/events';
import type { Outcome } from './model/outcome';
import { ENVIRONMENT, type Settings } from './model/settings';
import { createSupervisor } from './supervisor';
import { startWorkerProcess } from './worker-process';

const { limits }: Settings = JSON.parse(process.env[ENVIRONMENT.settings] as string);

/** Reading and writing take several times as long as rendering, and no CPU: all of a usual batch is in flight at once. */
const SOURCES_IN_FLIGHT = 20;
/** sharp and ImageMagick keep to the limit themselves, which costs nothing; past this the worker is ended. */
const GRACE_MS = 500;

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
  const deadline = deadlineOf(context, supervisor.endWorker);
  const process = async (source: SourceEvent): Promise<Outcome> => {
    const { outcome, milliseconds } = await supervisor.process(source, deadline.signal);
    logOutcome(source, outcome, milliseconds);
    return outcome;
  };
  try {
    if (isQueueEvent(event)) return await processBatch(event.Records, { process, failed: logFault });
    const outcomes: { key: string; outcome: Outcome }[] = [];
    for (const source of sourcesOf(event)) outcomes.push({ key: source.key, outcome: await process(source) });
    return answer(outcomes);
  } finally {
    deadline.clear();
  }
}
