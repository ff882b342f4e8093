import { setTimeout } from 'node:timers/promises';
import { MessagesNotSent, sendEvents } from '../../lambda/repair/model/messages';
import { MOST_WAITING } from '../../lib/cost/scale';
import { inParallel } from '../in-parallel';
import { countsOf } from '../queues';
import type { Target } from '../target';
import type { Plan } from './plan';

/** As many as SQS takes in one request: all of a batch are sent, or are sent again. */
const BATCH = 10;
/** Requests at a time: enough to hide the way to a distant region. */
const SENDERS = 8;

/** The queue is looked at once in so many batches, and every so many ms while as many wait as may. */
const BATCHES_A_LOOK = 1000;
const PAUSE = 5000;

/** What could not be sent. */
export interface Unsent {
  /** Messages, those included that were in one request with them. */
  failed: number;
  /** Why not, for the first of them. */
  why: string;
}

/**
 * Sends what of a plan is not sent, and keeps of each batch that it is.
 *
 * @throws what SQS answers to a request as a whole, after the client's own tries
 */
export async function sendPlan(
  plan: Pick<Plan<unknown>, 'unsent' | 'markSent'>,
  options: { readonly target: Target; readonly signal: AbortSignal; readonly onSent: () => void },
): Promise<Unsent> {
  const { target, signal, onSent } = options;
  const result: Unsent = { failed: 0, why: '' };
  let batches = 0;
  await inParallel(plan.unsent(BATCH), { atOnce: SENDERS, signal }, async batch => {
    if (++batches % BATCHES_A_LOOK === 0) await untilShallow(target, signal);
    try {
      await sendEvents(
        target,
        batch.map(({ text }) => text),
      );
      plan.markSent(batch);
      onSent();
    } catch (error) {
      if (!(error instanceof MessagesNotSent)) throw error;
      result.failed += batch.length;
      result.why ||= error.message;
    }
  });
  return result;
}

async function untilShallow({ sqs, queueUrl }: Target, signal: AbortSignal): Promise<void> {
  while ((await countsOf(sqs, queueUrl)).visible > MOST_WAITING)
    await setTimeout(PAUSE, undefined, { signal });
}
