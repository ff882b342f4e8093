import { total } from './found';
import { startProgress } from './progress';
import { removeThumbnails } from './removal';
import { counted, whole } from './report';
import type { BackfillPlan, Run } from './run';
import { sendPlan } from './send';

/** What was done of a plan. */
export interface Done {
  readonly sent: number;
  readonly removed: number;
  /** Whether it was all. */
  readonly complete: boolean;
}

/** Sends the messages of a plan that are not sent, and removes what it names. An interrupted run says how to go on. */
export async function carryOut(plan: BackfillPlan, run: Run): Promise<Done> {
  const { messages } = plan.summary.found;
  try {
    const isSent = await send(plan, run);
    run.signal.throwIfAborted();
    const { removed, failed } = await remove(plan, run);
    run.signal.throwIfAborted();
    return { sent: plan.sent(), removed, complete: isSent && failed === 0 };
  } finally {
    if (run.signal.aborted && plan.sent() > 0)
      run.say(
        `${whole(plan.sent())} of ${whole(messages)} messages are sent; the same command goes on with the rest.`,
      );
  }
}

async function send(plan: BackfillPlan, { installation: { target }, say, signal }: Run): Promise<boolean> {
  const { messages } = plan.summary.found;
  if (plan.sent() === messages) return true;
  const progress = startProgress('{bar} {value} of {total} messages sent', messages);
  const { failed, why } = await sendPlan(plan, {
    target,
    signal,
    onSent: () => progress.update(plan.sent()),
  }).finally(progress.stop);
  if (failed > 0)
    say(`${counted(failed, 'message')} could not be sent (${why}): the same command sends them.`);
  else if (!signal.aborted) say(`${counted(plan.sent(), 'message')} sent.`);
  return failed === 0;
}

async function remove(plan: BackfillPlan, { installation: { target }, options, say, signal }: Run) {
  const { found } = plan.summary;
  const all = total(found, 'unwanted') + found.leftovers;
  if (!options.remove || all === 0) return { removed: 0, failed: 0 };
  const progress = startProgress('{bar} {value} of {total} looked at', all);
  let looked = 0;
  const result = await removeThumbnails(plan.removals(), {
    target,
    signal,
    onOne: () => progress.update(++looked),
  }).finally(progress.stop);
  const { removed, kept, failed, why } = result;
  say(`Removed ${counted(removed, 'thumbnail')} that no variant wants any more.`);
  if (kept > 0) say(`Left alone: ${counted(kept, 'object')} there that this app did not make.`);
  if (failed > 0) say(`${whole(failed)} could not be removed (${why}): run this again for them.`);
  return { removed, failed };
}
