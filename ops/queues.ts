import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** The queues of one installation, and a client for them. */
export interface Queues {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
}

/** The numbers of a queue's messages. SQS's are approximate and lag by up to a minute; the local cloud's are exact. */
export interface QueueCounts {
  /** Can be received now. */
  readonly visible: number;
  /** Received and not yet deleted: being processed, or invisible until the next try. */
  readonly inFlight: number;
  readonly delayed: number;
  readonly arn: string;
}

export async function countsOf(sqs: SQSClient, queueUrl: string): Promise<QueueCounts> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
        'QueueArn',
      ],
    }),
  );
  return {
    visible: Number(Attributes.ApproximateNumberOfMessages ?? 0),
    inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
    delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0),
    arn: Attributes.QueueArn ?? '',
  };
}
