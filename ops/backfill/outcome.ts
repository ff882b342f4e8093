import { total, work } from './found';
import { look } from './look';
import { startProgress } from './progress';
import { counted, tableLines, whole } from './report';
import type { BackfillPlan, Result, Run } from './run';
import { untilEmpty } from './until-empty';

/** Waits until the queue is empty, lists the bucket again, and tells what became of a plan. */
export async function outcomeOf(
  plan: BackfillPlan,
  run: Run,
): Promise<Required<Pick<Result, 'after' | 'failed' | 'complete'>>> {
  const { say } = run;
  await waitForQueue(run);
  const { found: after, failing } = await look(run);
  const { found: before } = plan.summary;
  const failed = [...failing.values()].filter(when => when >= plan.made).length;
  const made =
    madeOf(before) - madeOf(after) - Math.max(0, total(after, 'failing') - total(before, 'failing'));
  const gone = total(before, 'orphans') - total(after, 'orphans');
  say(
    `${counted(Math.max(0, made), 'thumbnail')} made, ${whole(Math.max(0, gone))} without a source removed.`,
  );
  if (failed > 0) say(`${counted(failed, 'source')} failed meanwhile: npm run failures tells why.`);
  const left = work(after);
  if (left === 0) say('Nothing is left to do.');
  else for (const line of ['Left:', ...tableLines(after), 'Run this again for it.']) say(line);
  return { after, failed, complete: left === 0 && failed === 0 };
}

function madeOf(found: BackfillPlan['summary']['found']): number {
  return total(found, 'missing') + total(found, 'stale');
}

async function waitForQueue({ installation: { target }, signal }: Run): Promise<void> {
  const format = 'Waiting for the queue: {waiting} waiting, {inFlight} in flight …';
  const progress = startProgress(format, 0, { waiting: 0, inFlight: 0 });
  await untilEmpty(target, {
    signal,
    onLook: ({ visible, delayed, inFlight }) => progress.update(0, { waiting: visible + delayed, inFlight }),
  }).finally(progress.stop);
}
