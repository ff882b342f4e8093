import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { sourcesOf } from '../lambda/thumbnail/events';
import type { Target } from './target';

/** One message of the dead-letter queue, in words. */
export interface DeadLetter {
  readonly key: string;
  readonly reason: string;
  readonly detail: string;
  /** When it failed for the first time. */
  readonly when: Date;
  readonly message: Message;
}

/** How long a message is ours while we look at it, in seconds; it comes back by itself if we die. */
const HOLD_SECONDS = 120;

/** Standard queues answer from a part of their servers at a time: an empty answer or two prove nothing. */
const EMPTY_ANSWERS = 3;

/** Takes hold of every message in the dead-letter queue, oldest first. Give them back with {@link release}. */
export async function holdAll({ sqs, deadLetterQueueUrl }: Target): Promise<DeadLetter[]> {
  const held = new Map<string, Message>();
  for (let empty = 0; empty < EMPTY_ANSWERS; ) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: deadLetterQueueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: HOLD_SECONDS,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['SentTimestamp'],
      }),
    );
    for (const message of Messages) held.set(message.MessageId as string, message);
    empty = Messages.length === 0 ? empty + 1 : 0;
  }
  return [...held.values()].map(describe).sort((a, b) => +a.when - +b.when);
}

/** Lets others see the messages again, at once. */
export async function release(
  { sqs, deadLetterQueueUrl }: Target,
  letters: readonly DeadLetter[],
): Promise<void> {
  for (let i = 0; i < letters.length; i += 10) {
    const Entries = letters.slice(i, i + 10).map(({ message }, id) => ({
      Id: `${id}`,
      ReceiptHandle: message.ReceiptHandle,
      VisibilityTimeout: 0,
    }));
    await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: deadLetterQueueUrl, Entries }));
  }
}

/** Sends a message back to where it came from. It leaves the dead-letter queue once its copy is safe. */
export async function sendBack(target: Target, { message }: DeadLetter): Promise<void> {
  const { sqs, queueUrl, deadLetterQueueUrl } = target;
  await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: message.Body }));
  await sqs.send(
    new DeleteMessageCommand({ QueueUrl: deadLetterQueueUrl, ReceiptHandle: message.ReceiptHandle }),
  );
}

function describe(message: Message): DeadLetter {
  const attribute = (name: string) => message.MessageAttributes?.[name]?.StringValue;
  return {
    key: keyOf(message.Body ?? ''),
    // SQS moves what failed too often by itself, and gives no reason.
    reason: attribute('reason') ?? 'failed again and again',
    detail: attribute('detail') ?? 'Every try ended in an error: see the function’s log.',
    when: new Date(Number(message.Attributes?.SentTimestamp)),
    message,
  };
}

function keyOf(body: string): string {
  try {
    return sourcesOf(JSON.parse(body))
      .map(({ key }) => key)
      .join(', ');
  } catch {
    return '(no S3 event)';
  }
}
