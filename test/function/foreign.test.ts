import { limitsFor } from '../../lambda/thumbnail/model/limits';
import { reconcile } from '../../lambda/thumbnail/reconcile';
import { createSemaphore } from '../../lambda/thumbnail/semaphore';

/** Whatever is asked of it, the test fails. */
const untouched = new Proxy({} as never, {
  get(_, name) {
    throw new Error(`Expected no call but received ${String(name)}.`);
  },
});

test.each([false, true])('an event of another bucket ends before any call (removal: %p)', async isRemoval => {
  const event = { bucket: 'of-somebody-else', key: 'a.jpg', size: 1, isRemoval, event: {} };
  const deps = { bucket: 'ours', variants: [], limits: limitsFor(1769, 60), sourceBytes: createSemaphore(1) };
  expect(await reconcile(event, { ...deps, store: untouched, render: untouched })).toEqual({
    outcome: 'skipped',
    reason: 'is in another bucket',
  });
});
