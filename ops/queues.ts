import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** The queues of one installation, and the client that reaches them. */
export interface Queues {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
}

/** What a queue says it holds; SQS's figures lag by up to a minute. */
export interface QueueCounts {
  /** Messages that anyone could receive now. */
  readonly visible: number;
  /** Messages that someone has received: they are worked on, or wait until they can be received again. */
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
