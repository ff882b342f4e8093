import { SendMessageCommand, SQSClient, type SQSClientConfig } from '@aws-sdk/client-sqs';
import type { SourceEvent } from './model/events';
import type { Rejected } from './model/rendering';

/** Sends a rejected source, with its reason, to where people look for failures. */
export type SendDeadLetter = (
  source: SourceEvent,
  rejection: Pick<Rejected, 'reason' | 'detail'>,
) => Promise<void>;

/** Where a client of AWS works, and as whom. */
export type Place = Required<Pick<SQSClientConfig, 'region' | 'credentials'>>;

/** The SQS queue: the event as body, ready to be sent back; `reason`, `detail` and `key` as message attributes. */
export function deadLetterQueue(queueUrl: string, place: Place): SendDeadLetter {
  // Rejections are rare: a start should not pay for the client that reports them.
  let client: SQSClient | undefined;
  return async (source, { reason, detail }) => {
    client ??= new SQSClient(place);
    await client.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: JSON.stringify(source.event),
        MessageAttributes: {
          reason: attribute(reason),
          detail: attribute(detail),
          key: attribute(source.key),
        },
      }),
    );
  };
}

/**
 * SQS takes only characters that XML 1.0 can hold; S3 keys may have others.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
function attribute(text: string) {
  return {
    DataType: 'String',
    StringValue: text.replace(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD'),
  };
}
