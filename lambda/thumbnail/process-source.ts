import type { BoundedRender } from './bounded-render';
import type { Park } from './dead-letters';
import { focusOf } from './model/focus';
import type { Limits } from './model/limits';
import { type Rejected, rejected } from './model/rendering';
import type { Job, Message, Report, Verdict } from './protocol';
import { type ThumbnailSourceDeps, thumbnailSource } from './reconcile';
import { tookTooLong } from './render/admit/over-limit';
import { stopwatch } from './stopwatch';

export interface ProcessSourceDeps extends Omit<ThumbnailSourceDeps, 'render'> {
  readonly render: BoundedRender;
  readonly park: Park;
}

/** How a job gets on: the supervisor's clock and its verdicts go by it. */
export type Progress =
  | Pick<Extract<Message, { kind: 'read' }>, 'kind' | 'etag'>
  | { readonly kind: 'rendering' | 'rendered' };

/**
 * Reconciles a job's source and, if it is rejected, keeps it in the dead-letter queue with its reason.
 *
 * @param tell is told of each step as it happens
 * @throws what a later try may cure
 */
export async function processSource(
  { source, verdict }: Job,
  deps: ProcessSourceDeps,
  tell: (progress: Progress) => void,
): Promise<Report> {
  const { laps, time } = stopwatch();
  const { store, limits } = deps;
  const clock = {
    rendering: () => tell({ kind: 'rendering' }),
    rendered: () => tell({ kind: 'rendered' }),
  };
  const outcome = await thumbnailSource(source, {
    ...deps,
    store: {
      read: time('read', store.read),
      head: time('check', store.head),
      write: time('write', store.write),
      remove: time('remove', store.remove),
    },
    render: time('render', async (source, variants) => {
      if (verdict?.etag === source.etag) return rejectionBy(verdict, limits);
      tell({ kind: 'read', etag: source.etag });
      return deps.render({ bytes: source.bytes, focus: focusOf(source.metadata) }, variants, clock);
    }),
  });
  if (outcome.outcome === 'rejected') await time('park', deps.park)(source, outcome);
  return { outcome, milliseconds: laps };
}

function rejectionBy({ crash }: Verdict, limits: Limits): Rejected {
  if (crash === undefined) return tookTooLong(limits);
  return rejected(
    'damaged',
    `Decoding the source ends the process (${crash}), more than once and the last time alone.`,
  );
}
