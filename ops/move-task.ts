import { setTimeout } from 'node:timers/promises';
import { ListMessageMoveTasksCommand, StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import { countsOf, type Queues } from './queues';

/** Progress of a message move task of SQS. */
export interface Move {
  /** `COMPLETED`, or `RUNNING`, `CANCELLING`, `CANCELLED`, `FAILED`. */
  readonly status: string;
  readonly moved: number;
  /** How many there were to move; undefined where SQS does not say. */
  readonly toMove: number | undefined;
  /** Why it failed. */
  readonly why: string | undefined;
}

/** The move task that is running on the dead-letter queue, if any. */
export async function runningMove(queues: Queues): Promise<Move | undefined> {
  const { arn } = await countsOf(queues.sqs, queues.deadLetterQueueUrl);
  const move = (await newestMove(queues, arn))?.move;
  return move && isUnderWay(move) ? move : undefined;
}

/**
 * Starts a task in which SQS moves all dead letters to the main queue, or watches the one that runs already. It continues
 * if this process ends. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
 *
 * @param options.watch called with the progress at each poll
 * @param options.pauseMs between two polls
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
    // Rejections were sent here by the function, not moved by SQS, so SQS knows no source queue to move them to.
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
