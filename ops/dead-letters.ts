import type { Message } from '@aws-sdk/client-sqs';
import { sourcesOf } from '../lambda/thumbnail/model/events';

/** A message of the dead-letter queue, and what it says. */
export interface DeadLetter {
  /** The keys of its sources; none if it is no S3 event. */
  readonly keys: readonly string[];
  readonly reason: string;
  readonly detail: string;
  /** When it was sent. */
  readonly when: Date;
  readonly message: Message;
}

/** The attributes to receive a message with, so that {@link deadLetterOf} can parse it. */
export const DESCRIBING = {
  MessageAttributeNames: ['reason', 'detail'],
  MessageSystemAttributeNames: ['SentTimestamp', 'DeadLetterQueueSourceArn'],
} as const;

/** Parses the attributes and the body of a message of the dead-letter queue. */
export function deadLetterOf(message: Message): DeadLetter {
  const { Attributes, MessageAttributes, Body = '' } = message;
  // A message that SQS moved here after too many receives has no reason, or one left over from an earlier rejection.
  const rejected = Attributes?.DeadLetterQueueSourceArn === undefined;
  const attribute = (name: string) => (rejected ? MessageAttributes?.[name]?.StringValue : undefined);
  return {
    keys: keysOf(Body),
    reason: attribute('reason') ?? 'failed again and again',
    detail: attribute('detail') ?? 'Every try ended in an error: see the function’s log.',
    when: new Date(Number(Attributes?.SentTimestamp)),
    message,
  };
}

function keysOf(body: string): string[] {
  try {
    return [...new Set(sourcesOf(JSON.parse(body)).map(({ key }) => key))];
  } catch {
    return [];
  }
}
