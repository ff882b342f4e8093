import { setTimeout } from 'node:timers/promises';
import { countsOf, type QueueCounts } from '../queues';
import type { Target } from '../target';

/** Time between two looks, in ms. */
const PAUSE = { local: 200, aws: 5000 } as const;
/** SQS's counts lag by up to a minute; those of the local cloud are exact. */
const EMPTY_FOR = { local: 0, aws: 60_000 } as const;

/** Waits until the queue that feeds the function has no message left, in flight or waiting for another try. */
export async function untilEmpty(
  { sqs, queueUrl, onAws }: Target,
  { onLook, signal }: { readonly onLook: (queue: QueueCounts) => void; readonly signal: AbortSignal },
): Promise<void> {
  const where = onAws ? 'aws' : 'local';
  let emptySince: number | undefined;
  for (;;) {
    const queue = await countsOf(sqs, queueUrl);
    onLook(queue);
    const isEmpty = queue.visible + queue.inFlight + queue.delayed === 0;
    emptySince = isEmpty ? (emptySince ?? Date.now()) : undefined;
    if (emptySince !== undefined && Date.now() - emptySince >= EMPTY_FOR[where]) return;
    await setTimeout(PAUSE[where], undefined, { signal });
  }
}
