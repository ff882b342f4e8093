import { availableParallelism } from 'node:os';
import { S3Client } from '@aws-sdk/client-s3';
import type { Context, SQSBatchResponse } from 'aws-lambda';
import { type Answer, answer } from './answer';
import { processBatch } from './batch';
import { createBudget } from './budget';
import { type Place, parkInQueue } from './dead-letters';
import { type FunctionEvent, isQueueEvent, type SourceEvent, sourcesOf } from './events';
import { isolatedRender, type Render, serveRender } from './isolated';
import { logFault, logOutcome } from './log';
import type { Outcome } from './outcome';
import { readHeader } from './render/header';
import { estimateMemory } from './render/memory';
import { render } from './render/render';
import { ENVIRONMENT, type Settings } from './settings';
import { stopwatch } from './stopwatch';
import { s3Store } from './store';
import { thumbnailSource } from './thumbnail-source';

const settings: Settings = JSON.parse(process.env[ENVIRONMENT.settings] as string);
const { variants, limits } = settings;
/** Lambda gives them in the environment, for as long as the process lives: no search for others. */
const place: Place = {
  region: process.env.AWS_REGION as string,
  credentials: {
    accessKeyId: process.env.AWS_ACCESS_KEY_ID as string,
    secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY as string,
    ...(process.env.AWS_SESSION_TOKEN && { sessionToken: process.env.AWS_SESSION_TOKEN }),
  },
};
const park = parkInQueue(process.env[ENVIRONMENT.deadLetterQueueUrl] as string, place);

const store = s3Store(
  new S3Client({
    ...place,
    // TLS vouches for the bytes already; a checksum of every body would cost CPU time for nothing new.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // S3 answers well within a second, but our own process may be busy for longer with a batch on a fraction of a CPU.
    // A connection that is still for longer than that is dropped, and the call made again.
    requestHandler: { connectionTimeout: 3_000, socketTimeout: 5_000 },
  }),
);

const cpus = availableParallelism();
/** Reading and writing take several times as long as rendering, and no CPU: all of a usual batch is under way at once. */
const SOURCES_AT_ONCE = 10 * cpus;
/** One picture a CPU: more would only end later, and be written later. */
const rendering = createBudget(cpus);

const MIB = 2 ** 20;
/** What may be in memory at once of sources as they are stored, and of what their decoders need; in bytes. */
const sourceBytes = createBudget(limits.sourceMiB * MIB);
const renderBytes = createBudget(limits.memoryMiB * MIB);

/** What is kept of the function's time, in ms, to answer in. */
const TIME_TO_ANSWER = 1_000;

/** The function: a batch of queue messages, or an S3 event by itself. */
export async function handler(event: FunctionEvent, context: Context): Promise<SQSBatchResponse | Answer> {
  if (isQueueEvent(event)) {
    const time = context.getRemainingTimeInMillis();
    return processBatch(event.Records, {
      concurrency: SOURCES_AT_ONCE,
      process: processInBudget,
      failed: ({ messageId }, cause) => logFault(messageId, cause),
      outOfTime: AbortSignal.timeout(time - Math.min(TIME_TO_ANSWER, time / 4)),
    });
  }
  const outcomes: { key: string; outcome: Outcome }[] = [];
  for (const source of sourcesOf(event)) {
    outcomes.push({ key: source.key, outcome: await processInBudget(source, { retried: false }) });
  }
  return answer(outcomes);
}

function processInBudget(source: SourceEvent, how: { readonly retried: boolean }): Promise<Outcome> {
  return sourceBytes.spend(source.size, () => processSource(source, how));
}

async function processSource(source: SourceEvent, { retried }: { retried: boolean }): Promise<Outcome> {
  const { laps, time } = stopwatch();
  const outcome = await thumbnailSource(source, {
    variants,
    limits,
    store: {
      read: time('read', store.read),
      etag: time('check', store.etag),
      write: time('write', store.write),
      remove: time('remove', store.remove),
    },
    render: time('render', retried ? renderAlone : renderHere),
  });
  if (outcome.outcome === 'rejected') await time('park', park)(source, outcome);
  logOutcome(source, outcome, laps);
  return outcome;
}

/** Renders as soon as there is memory for it, and a CPU. */
async function renderHere(...[source, variants]: Parameters<Render>): ReturnType<Render> {
  const header = await readHeader(source);
  const bytes = estimateMemory(header, variants, limits) ?? limits.memoryMiB * MIB;
  const start = () => render(source, variants, { ...settings, header });
  return renderBytes.spend(bytes, () => rendering.spend(1, start));
}

/** What failed before may have ended the process: it is rendered where it can end nothing else. */
const renderAlone = isolatedRender(__filename, { [ENVIRONMENT.renderOnly]: 'yes' });
if (process.env[ENVIRONMENT.renderOnly]) serveRender(renderHere);
