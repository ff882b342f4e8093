import { S3Client } from '@aws-sdk/client-s3';
import type { SQSBatchResponse } from 'aws-lambda';
import { type Answer, answer } from './answer';
import { processBatch } from './batch';
import { parkInQueue } from './dead-letters';
import { type FunctionEvent, isQueueEvent, type SourceEvent, sourcesOf } from './events';
import { logFault, logOutcome } from './log';
import type { Outcome } from './outcome';
import { render } from './render/render';
import { ENVIRONMENT, type Settings } from './settings';
import { s3Store } from './store';
import { thumbnailSource } from './thumbnail-source';

const { variants }: Settings = JSON.parse(process.env[ENVIRONMENT.settings] as string);
const park = parkInQueue(process.env[ENVIRONMENT.deadLetterQueueUrl] as string);

const store = s3Store(
  new S3Client({
    // TLS vouches for the bytes already; a checksum of every body would cost CPU time for nothing new.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // A connection that hangs must not use up the function's time.
    requestHandler: { connectionTimeout: 2_000, socketTimeout: 10_000 },
  }),
);

/** Enough to have the next source read while one is rendered. */
const CONCURRENCY = 4;

/** The function: a batch of queue messages, or an S3 event by itself. */
export async function handler(event: FunctionEvent): Promise<SQSBatchResponse | Answer> {
  if (isQueueEvent(event)) {
    const failed = (message: { messageId: string }, cause: unknown) => logFault(message.messageId, cause);
    return processBatch(event.Records, { concurrency: CONCURRENCY, process: processSource, failed });
  }
  const outcomes: { key: string; outcome: Outcome }[] = [];
  for (const source of sourcesOf(event))
    outcomes.push({ key: source.key, outcome: await processSource(source) });
  return answer(outcomes);
}

async function processSource(source: SourceEvent): Promise<Outcome> {
  const start = performance.now();
  const outcome = await thumbnailSource(source, { variants, store, render });
  if (outcome.outcome === 'rejected') await park(source, outcome);
  logOutcome(source, outcome, performance.now() - start);
  return outcome;
}
