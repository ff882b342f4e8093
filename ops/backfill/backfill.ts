import { confirmed } from '../confirmed';
import { countsOf } from '../queues';
import { seconds } from '../state';
import { checkBucket } from './bucket';
import { carryOut } from './carry-out';
import { dryRun, planFolder, purposeOf } from './dry-run';
import { total } from './found';
import { outcomeOf } from './outcome';
import { openPlan } from './plan';
import { whole } from './report';
import type { BackfillPlan, Result, Run, Summary } from './run';

/** A plan that is older than this says little of the bucket as it is, in ms. */
const MAX_AGE = 24 * 3600 * 1000;

/**
 * Finds what a bucket's thumbnails lack, and has it done.
 *
 * A run that ended between its first message and its last look is gone on with: what it sent is not sent again, even if the bucket
 * has changed since.
 */
export async function backfill(run: Run): Promise<Result> {
  const { options } = run;
  await checkBucket(run.installation.target);
  if (options.dryRun) return onlyLook(run);
  const plan = (await unfinished(run)) ?? (await dryRun(run, planFolder(run)));
  const { found } = plan.summary;
  if (found.messages === 0 && !(options.remove && unkeptOf(plan) > 0)) {
    plan.discard();
    return { ...plan.summary, sent: 0, removed: 0, complete: true };
  }
  const isAgreed = options.yes || plan.sent() === found.messages || (await confirmed('Go on?', run.signal));
  if (!isAgreed) return { ...plan.summary, sent: 0, removed: 0, complete: false };
  const done = await carryOut(plan, run);
  if (!options.wait || !done.complete) return { ...plan.summary, ...done };
  const outcome = await outcomeOf(plan, run);
  plan.discard();
  return { ...plan.summary, ...done, ...outcome };
}

/** Leaves what another run keeps alone. */
async function onlyLook(run: Run): Promise<Result> {
  const plan = await dryRun(run, `${planFolder(run)}.dry-run`);
  plan.discard();
  return { ...plan.summary, sent: 0, removed: 0, complete: true };
}

function unkeptOf({ summary: { found } }: BackfillPlan): number {
  return total(found, 'unwanted') + found.leftovers;
}

/** The plan of a run that ended before it was done, if it is to be gone on with. */
async function unfinished(run: Run): Promise<BackfillPlan | undefined> {
  const { say, installation } = run;
  const plan = await openPlan<Summary>(planFolder(run));
  // One that sent nothing has nothing to tell either.
  if (!plan || plan.sent() === 0) return undefined;
  const { messages } = plan.summary.found;
  const earlier = `The run of ${seconds(new Date(plan.made))} sent ${whole(plan.sent())} of ${whole(messages)} messages`;
  const why = whyNotFitting(plan, run);
  if (why !== undefined) {
    say(`${earlier}. It is set aside, as ${why}.`);
    return undefined;
  }
  if (plan.sent() < messages) {
    say(`${earlier}: going on with the rest.`);
    return plan;
  }
  const { visible, inFlight, delayed } = await countsOf(
    installation.target.sqs,
    installation.target.queueUrl,
  );
  const waiting = visible + inFlight + delayed;
  if (waiting === 0) return undefined;
  say(`${earlier}, of which some are among the ${whole(waiting)} that are under way: waiting for them.`);
  return plan;
}

function whyNotFitting({ purpose, made }: BackfillPlan, run: Run): string | undefined {
  const now = purposeOf(run);
  const differs = (...names: (keyof typeof now)[]) =>
    names.some(name => JSON.stringify(purpose[name]) !== JSON.stringify(now[name]));
  if (differs('bucket', 'queueUrl')) return 'it was for another stack';
  if (differs('recipe')) return 'the recipe has changed since';
  if (differs('prefix', 'olderThan', 'remove')) return 'it was for other options';
  return Date.now() - made > MAX_AGE ? 'it is older than a day' : undefined;
}
