import type { Message } from '@aws-sdk/client-sqs';
import { sourcesOf } from '../lambda/thumbnail/events';

/** One message of the dead-letter queue, in words. */
export interface DeadLetter {
  /** The sources that it is about; none if it is no S3 event. */
  readonly keys: readonly string[];
  readonly reason: string;
  readonly detail: string;
  /** When it was sent. */
  readonly when: Date;
  readonly message: Message;
}

/** What to ask SQS for beside a message's body, so that {@link deadLetterOf} can describe it. */
export const DESCRIBING = {
  MessageAttributeNames: ['reason', 'detail'],
  MessageSystemAttributeNames: ['SentTimestamp', 'DeadLetterQueueSourceArn'],
} as const;

/** Describes a message of the dead-letter queue by its attributes and its body. */
export function deadLetterOf(message: Message): DeadLetter {
  const { Attributes, MessageAttributes, Body = '' } = message;
  // What SQS moved itself, after too many tries, has no reason. It may carry an old one from an earlier rejection.
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
