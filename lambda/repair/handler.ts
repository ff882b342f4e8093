import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { Context } from 'aws-lambda';
import type { Settings } from '../thumbnail/model/settings';
import { s3Store } from '../thumbnail/store';
import { readFailures, visibleMessages } from './failures';
import { logSlice } from './log';
import { compareListings } from './model/compare';
import { REPAIR_ENVIRONMENT } from './model/environment';
import { listObjects } from './model/listing';
import { eventOf, sendEvents } from './model/messages';
import { removedFolders } from './removed-folders';
import { notBegun, type Progress, repairSlice, type SliceResult } from './slice';

const environment = (name: keyof typeof REPAIR_ENVIRONMENT) =>
  process.env[REPAIR_ENVIRONMENT[name]] as string;

const settings: Settings = JSON.parse(environment('settings'));
const bucket = environment('bucket');
const queueUrl = environment('queueUrl');

const s3 = new S3Client({});
const sqs = new SQSClient({});
const ssm = new SSMClient({});
const store = s3Store(s3);

/** A run begins only if no more messages wait: they may be about the sources that it would find. */
const MOST_WAITING = 10_000;
/** Kept of the function's time: the last step, with its sends, must fit into it. In ms. */
const MARGIN_MS = 60_000;

/** A slice of a repair: goes on from where the last one stopped, and answers where it stopped itself. */
export async function handler(
  progress: Progress,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<SliceResult> {
  const start = Date.now();
  const sliceMs = Number(environment('sliceSeconds')) * 1000;
  const end = start + Math.min(sliceMs, context.getRemainingTimeInMillis() - MARGIN_MS);
  const result = await goOn(progress, () => Date.now() >= end);
  logSlice(result, Date.now() - start);
  return result;
}

async function goOn(progress: Progress, isTimeOver: () => boolean): Promise<SliceResult> {
  const waiting = progress.totals ? 0 : await visibleMessages(sqs, queueUrl);
  if (waiting > MOST_WAITING) return notBegun(waiting);
  const parameter = environment('recipeParameter');
  const [failures, removed] = await Promise.all([
    readFailures(sqs, environment('deadLetterQueueUrl')),
    removedFolders(ssm, { parameter, variants: settings.variants }),
  ]);
  return repairSlice(progress, {
    compare: position =>
      compareListings({
        list: wanted => listObjects({ s3, bucket }, wanted),
        settings,
        position,
        except: removed,
      }),
    failures,
    removedFolders: removed,
    metadataOf: async key => (await store.head({ bucket, key }))?.metadata,
    send: differences =>
      sendEvents(
        { sqs, queueUrl },
        differences.flatMap(difference => eventOf(difference, bucket) ?? []),
      ),
    maxSources: Number(environment('maxSources')),
    isTimeOver,
  });
}
