import type { BoundedRender } from './bounded-render';
import type { SendDeadLetter } from './dead-letters';
import { focusOf } from './model/focus';
import type { Limits } from './model/limits';
import { type Rejected, rejected } from './model/rendering';
import type { Job, Message, Report, Verdict } from './protocol';
import { type ReconcileDeps, reconcile } from './reconcile';
import { tookTooLong } from './render/admit/over-limit';
import { stopwatch } from './stopwatch';

export interface ProcessSourceDeps extends Omit<ReconcileDeps, 'render'> {
  readonly render: BoundedRender;
  readonly sendDeadLetter: SendDeadLetter;
}

/** The steps of a job, from which the supervisor's clock and its verdicts follow. */
export type Progress =
  | Pick<Extract<Message, { kind: 'read' }>, 'kind' | 'etag'>
  | { readonly kind: 'rendering' | 'rendered' };

/**
 * Reconciles a job's source and, if it is rejected, keeps it in the dead-letter queue with its reason.
 *
 * @param tell is called at each step
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
  const outcome = await reconcile(source, {
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
  if (outcome.outcome === 'rejected') await time('dead letter', deps.sendDeadLetter)(source, outcome);
  return { outcome, milliseconds: laps };
}

function rejectionBy({ crash }: Verdict, limits: Limits): Rejected {
  if (crash === undefined) return tookTooLong(limits);
  return rejected(
    'damaged',
    `Decoding the source ends the process (${crash}), more than once and the last time alone.`,
  );
}
