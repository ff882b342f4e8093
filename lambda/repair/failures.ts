import {
  ChangeMessageVisibilityBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { sourcesOf } from '../thumbnail/model/events';

/** Failures that are read, at most: what is beyond them is not left out. */
const MAX_MESSAGES = 10_000;
/** How long others do not see a message that is read here, should it not be released: above the time to read them all. */
const HIDDEN_SECONDS = 120;
/** Requests at a time. */
const REQUESTS = 8;
/** The queue has been read after so many answers in a row without a new message: one alone proves nothing. */
const FRUITLESS_ANSWERS = 3;

/** What lies in the dead-letter queue. */
export interface Failures {
  /** Whether a source as it is has failed: a message about it was sent when it was as it is now. */
  include(source: { readonly key: string; readonly lastModified: number }): boolean;
  /** Whether there were more of them than are read. */
  readonly areMore: boolean;
}

/** Reads the dead-letter queue and leaves it as it was: all messages are visible to others again afterwards. */
export async function readFailures(sqs: SQSClient, queueUrl: string): Promise<Failures> {
  const messages = await receiveAll(sqs, queueUrl);
  await release(sqs, queueUrl, [...messages.values()]);
  const newest = new Map<string, number>();
  for (const { Body = '', Attributes } of messages.values()) {
    const sent = Number(Attributes?.SentTimestamp);
    for (const key of keysOf(Body)) newest.set(key, Math.max(sent, newest.get(key) ?? 0));
  }
  return {
    include: ({ key, lastModified }) => (newest.get(key) ?? Number.NEGATIVE_INFINITY) >= lastModified,
    areMore: messages.size >= MAX_MESSAGES,
  };
}

/** By id, so that a message that is delivered twice counts once. */
async function receiveAll(sqs: SQSClient, queueUrl: string): Promise<ReadonlyMap<string, Message>> {
  const visible = await visibleMessages(sqs, queueUrl);
  const messages = new Map<string, Message>();
  let fruitless = 0;
  const readOn = async () => {
    while (fruitless < FRUITLESS_ANSWERS && messages.size < MAX_MESSAGES) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: 10,
          VisibilityTimeout: HIDDEN_SECONDS,
          // A long poll asks all of SQS's servers, a short one some of them: enough once all messages seem to be here.
          WaitTimeSeconds: messages.size < visible ? 1 : 0,
          MessageSystemAttributeNames: ['SentTimestamp'],
        }),
      );
      const isNew = Messages.some(({ MessageId = '' }) => !messages.has(MessageId));
      fruitless = isNew ? 0 : fruitless + 1;
      // The newest receipt handle is the one that counts.
      for (const message of Messages) messages.set(message.MessageId as string, message);
    }
  };
  const receivers = Math.min(REQUESTS, Math.max(1, Math.ceil(visible / 10)));
  await Promise.all(Array.from({ length: receivers }, readOn));
  return messages;
}

/** A message that cannot be released is visible again when its time is over: no fault of the repair. */
async function release(sqs: SQSClient, queueUrl: string, messages: readonly Message[]): Promise<void> {
  const batches = Array.from({ length: Math.ceil(messages.length / 10) }, (_, i) =>
    messages.slice(10 * i, 10 * (i + 1)),
  );
  const releaseOn = async () => {
    for (let batch = batches.pop(); batch; batch = batches.pop()) {
      const Entries = batch.map(({ ReceiptHandle }, i) => ({
        Id: `${i}`,
        ReceiptHandle,
        VisibilityTimeout: 0,
      }));
      await sqs
        .send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }))
        .catch(() => undefined);
    }
  };
  await Promise.all(Array.from({ length: REQUESTS }, releaseOn));
}

/** How many messages a queue holds that can be received now: SQS's figure, which lags by up to a minute. */
export async function visibleMessages(sqs: SQSClient, queueUrl: string): Promise<number> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
  );
  return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
}

/** A message that is no S3 event names no source. */
function keysOf(body: string): string[] {
  try {
    return sourcesOf(JSON.parse(body)).map(({ key }) => key);
  } catch {
    return [];
  }
}
