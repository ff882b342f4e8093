import { setTimeout } from 'node:timers/promises';
import { ListMessageMoveTasksCommand, StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import { countsOf, type Queues } from './queues';

/** How far SQS has come with moving the dead letters. */
export interface Move {
  /** `COMPLETED`, or `RUNNING`, `CANCELLING`, `CANCELLED`, `FAILED`. */
  readonly status: string;
  readonly moved: number;
  /** How many there were to move; undefined where SQS does not say. */
  readonly toMove: number | undefined;
  /** Why it failed. */
  readonly why: string | undefined;
}

/** What SQS is doing with this queue's messages at the moment, if anything. */
export async function runningMove(queues: Queues): Promise<Move | undefined> {
  const { arn } = await countsOf(queues.sqs, queues.deadLetterQueueUrl);
  const move = (await newestMove(queues, arn))?.move;
  return move && isUnderWay(move) ? move : undefined;
}

/**
 * Has SQS move every message of the dead-letter queue back to the main queue, or watches it if it does so already. It
 * goes on without us. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
 *
 * @param options.watch is told how far it has come
 * @param options.pauseMs between two looks
 */
export async function moveAll(
  queues: Queues,
  options: {
    readonly watch: (move: Move) => void;
    readonly signal: AbortSignal;
    readonly pauseMs?: number;
  },
): Promise<Move> {
  const { watch, signal, pauseMs = 2000 } = options;
  const { sqs, queueUrl, deadLetterQueueUrl } = queues;
  const { arn } = await countsOf(sqs, deadLetterQueueUrl);
  const earlier = await newestMove(queues, arn);
  const adopted = earlier !== undefined && isUnderWay(earlier.move);
  if (!adopted) {
    // The function put its rejections here itself, so SQS does not know where they came from.
    const { arn: DestinationArn } = await countsOf(sqs, queueUrl);
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: arn, DestinationArn }));
  }
  for (;;) {
    const newest = await newestMove(queues, arn);
    // A task that has just started may not be listed yet.
    if (newest && (adopted || newest.started !== earlier?.started)) {
      watch(newest.move);
      if (!isUnderWay(newest.move)) return newest.move;
    }
    await setTimeout(pauseMs, undefined, { signal });
  }
}

function isUnderWay({ status }: Move): boolean {
  return status === 'RUNNING' || status === 'CANCELLING';
}

async function newestMove(
  { sqs }: Queues,
  SourceArn: string,
): Promise<{ readonly started: number | undefined; readonly move: Move } | undefined> {
  const { Results } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn, MaxResults: 1 }));
  const [newest] = Results ?? [];
  return (
    newest && {
      started: newest.StartedTimestamp,
      move: {
        status: newest.Status ?? 'RUNNING',
        moved: newest.ApproximateNumberOfMessagesMoved ?? 0,
        toMove: newest.ApproximateNumberOfMessagesToMove,
        why: newest.FailureReason,
      },
    }
  );
}
