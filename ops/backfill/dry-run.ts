import { join } from 'node:path';
import { eventOf } from '../../lambda/repair/model/messages';
import { recipeOf } from '../../lambda/thumbnail/model/recipe';
import { countsOf } from '../queues';
import { removedPlaces } from '../recipes';
import { announcementsOf } from './bucket';
import { estimateOf } from './estimate';
import { agesOf, look } from './look';
import { makePlan, type Purpose } from './plan';
import { dryRunLines } from './report';
import type { BackfillPlan, Run, Summary } from './run';

/** Where an installation's plan is kept. */
export function planFolder({ installation: { target }, options: { data } }: Run): string {
  // A bucket's name is unique.
  return join(data, 'backfill', target.bucket);
}

export function purposeOf({ installation: { target, deployed }, options }: Run): Purpose {
  const { bucket, queueUrl } = target;
  const { prefix, olderThan, remove } = options;
  return { bucket, queueUrl, recipe: recipeOf(deployed.settings), prefix, olderThan, remove };
}

/** Lists the bucket, keeps what is to be done in a plan, and tells it. */
export async function dryRun(run: Run, folder: string): Promise<BackfillPlan> {
  const { installation, options, say } = run;
  const { target, deployed, history } = installation;
  const queue = target.onAws ? await announcementsOf(target) : undefined;
  const { visible, inFlight, delayed } = await countsOf(target.sqs, target.queueUrl);
  const plan = await makePlan<Summary>({ folder, purpose: purposeOf(run) }, async draft => {
    const { found } = await look(run, {
      onWork: difference => {
        const event = eventOf(difference, target.bucket);
        if (event !== undefined) draft.addMessage(event);
      },
      onUnkept: draft.addRemoval,
    });
    return { found, estimate: estimateOf(found.toRender, { deployed, announcements: queue }) };
  });
  const lines = dryRunLines({
    ...plan.summary,
    bucket: target.bucket,
    deployed,
    announcements: queue,
    removed: removedPlaces(history),
    ages: agesOf(run),
    underWay: visible + inFlight + delayed,
    remove: options.remove,
  });
  for (const line of lines) say(line);
  return plan;
}
