import { S3Client } from '@aws-sdk/client-s3';
import type { Context, SQSBatchResponse } from 'aws-lambda';
import { type Answer, answer } from './answer';
import { processBatch } from './batch';
import { parkInQueue } from './dead-letters';
import { type FunctionEvent, isQueueEvent, type SourceEvent, sourcesOf } from './events';
import { isolatedRender, serveRender } from './isolated';
import { logFault, logOutcome } from './log';
import type { Outcome } from './outcome';
import { render } from './render/render';
import { ENVIRONMENT, type Settings } from './settings';
import { stopwatch } from './stopwatch';
import { s3Store } from './store';
import { thumbnailSource } from './thumbnail-source';

const { variants }: Settings = JSON.parse(process.env[ENVIRONMENT.settings] as string);
const park = parkInQueue(process.env[ENVIRONMENT.deadLetterQueueUrl] as string);

const store = s3Store(
  new S3Client({
    // TLS vouches for the bytes already; a checksum of every body would cost CPU time for nothing new.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // S3 answers well within a second: a connection that is still for longer is dropped and the call made again.
    requestHandler: { connectionTimeout: 1_000, socketTimeout: 3_000 },
  }),
);

/** Enough to have the next source read while one is rendered. */
const CONCURRENCY = 4;

/** What is kept of the function's time, in ms, to answer in. */
const TIME_TO_ANSWER = 1_000;

/** The function: a batch of queue messages, or an S3 event by itself. */
export async function handler(event: FunctionEvent, context: Context): Promise<SQSBatchResponse | Answer> {
  if (isQueueEvent(event)) {
    const time = context.getRemainingTimeInMillis();
    return processBatch(event.Records, {
      concurrency: CONCURRENCY,
      process: processSource,
      failed: ({ messageId }, cause) => logFault(messageId, cause),
      outOfTime: AbortSignal.timeout(time - Math.min(TIME_TO_ANSWER, time / 4)),
    });
  }
  const outcomes: { key: string; outcome: Outcome }[] = [];
  for (const source of sourcesOf(event)) {
    outcomes.push({ key: source.key, outcome: await processSource(source, { retried: false }) });
  }
  return answer(outcomes);
}

async function processSource(source: SourceEvent, { retried }: { retried: boolean }): Promise<Outcome> {
  const { laps, time } = stopwatch();
  const outcome = await thumbnailSource(source, {
    variants,
    store: {
      read: time('read', store.read),
      etag: time('check', store.etag),
      write: time('write', store.write),
      remove: time('remove', store.remove),
    },
    render: time('render', retried ? renderAlone : render),
  });
  if (outcome.outcome === 'rejected') await time('park', park)(source, outcome);
  logOutcome(source, outcome, laps);
  return outcome;
}

/** What failed before may have ended the process: it is rendered where it can end nothing else. */
const renderAlone = isolatedRender(__filename, { [ENVIRONMENT.renderOnly]: 'yes' });
if (process.env[ENVIRONMENT.renderOnly]) serveRender(render);
