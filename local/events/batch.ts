import type { SQSBatchItemFailure, SQSEvent, SQSMessageAttribute, SQSRecord } from 'aws-lambda';
import type { ReceivedMessage } from '../storage/queues';

/** The event that Lambda's event source mapping passes to a function. */
export function sqsEvent(
  messages: readonly ReceivedMessage[],
  queue: { readonly arn: string; readonly region: string },
): SQSEvent {
  return { Records: messages.map(message => sqsRecord(message, queue)) };
}

function sqsRecord(
  { message, receiptHandle }: ReceivedMessage,
  { arn, region }: { readonly arn: string; readonly region: string },
): SQSRecord {
  return {
    messageId: message.messageId,
    receiptHandle,
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.approximateReceiveCount),
      SentTimestamp: String(message.sentTimestamp),
      SenderId: 'local',
      ApproximateFirstReceiveTimestamp: String(message.approximateFirstReceiveTimestamp ?? 0),
      ...(message.messageGroupId !== undefined && { MessageGroupId: message.messageGroupId }),
    },
    messageAttributes: Object.fromEntries(
      Object.entries(message.messageAttributes).map(([name, attribute]) => [
        name,
        messageAttribute(attribute),
      ]),
    ),
    md5OfBody: message.md5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: arn,
    awsRegion: region,
  };
}

function messageAttribute(attribute: {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}): SQSMessageAttribute {
  const { DataType, StringValue, BinaryValue } = attribute;
  return {
    ...(StringValue !== undefined && { stringValue: StringValue }),
    ...(BinaryValue !== undefined && { binaryValue: BinaryValue }),
    stringListValues: [],
    binaryListValues: [],
    dataType: DataType as SQSMessageAttribute['dataType'],
  };
}

/**
 * Which messages of a batch failed, as Lambda reads a function's answer with `ReportBatchItemFailures`: none if there
 * is no answer, no list or an empty list; all if the list has anything but ids of this batch.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 *
 * @param ids the messages of the batch
 * @param answer what the function returned
 */
export function failedMessageIds(ids: readonly string[], answer: unknown): readonly string[] {
  if (answer === null || answer === undefined) return [];
  if (typeof answer !== 'object') return ids;
  const failures = (answer as { readonly batchItemFailures?: unknown }).batchItemFailures ?? [];
  if (!Array.isArray(failures)) return ids;
  const failed = failures.map(
    (failure: Partial<SQSBatchItemFailure> | null) => failure?.itemIdentifier ?? '',
  );
  return failed.every(id => ids.includes(id)) ? failed : ids;
}
