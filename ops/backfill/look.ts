import { setTimeout } from 'node:timers/promises';
import { listObjects } from '../../lambda/repair/model/listing';
import type { Variant } from '../../lambda/thumbnail/model/variant';
import { lastChange, removedPlaces } from '../recipes';
import { type Failing, readFailing } from './failing';
import type { Found } from './found';
import { startProgress } from './progress';
import type { Age } from './report';
import type { Run } from './run';
import { type Findings, survey } from './survey';

/** S3 lists whole seconds. */
const SECOND = 1000;

/** What the bucket holds, and who failed. */
export interface Looked {
  readonly found: Found;
  readonly failing: Failing;
}

/** Lists the bucket. Begins once a thumbnail that is made from now on cannot be taken for one of an earlier recipe. */
export async function look(run: Run, findings?: Findings): Promise<Looked> {
  const { installation, options, signal } = run;
  const { target, deployed, history } = installation;
  const ages = agesOf(run);
  await untilPast(Math.max(0, ...ages.map(({ since }) => since)), run);
  const failing = await readFailing(target, signal);
  const progress = startProgress('Listing: {value} sources …', 0);
  const found = await survey(
    {
      target,
      list: wanted => listObjects(target, wanted),
      settings: deployed.settings,
      removed: removedPlaces(history),
      since: variant => ages.find(({ place }) => isAt(variant, place))?.since,
      prefix: options.prefix,
      failing,
      signal,
      onProgress: progress.update,
    },
    findings ?? { onWork: () => undefined, onUnkept: () => undefined },
  ).finally(progress.stop);
  return { found, failing };
}

/** Since when thumbnails are not stale, of each variant of which that is known or asked for. */
export function agesOf({ installation, options: { olderThan } }: Run): readonly Age[] {
  const { deployed, history, overlapMs } = installation;
  return deployed.settings.variants.flatMap(place => {
    const changed = lastChange(place, history);
    const since = olderThan ?? (changed === undefined ? 'none' : changed + overlapMs);
    return since === 'none' ? [] : [{ place, since, isAsked: olderThan !== undefined }];
  });
}

function isAt(variant: Variant, { prefix, suffix }: Age['place']): boolean {
  return variant.prefix === prefix && variant.suffix === suffix;
}

async function untilPast(time: number, { say, signal }: Run): Promise<void> {
  const left = time + SECOND - Date.now();
  if (left <= 0) return;
  if (left > 2 * SECOND)
    say(
      `The recipe changed just now: waiting ${Math.ceil(left / 1000)} s, until nothing of the one before is under way …`,
    );
  await setTimeout(left, undefined, { signal });
}
