import fc from 'fast-check';
import { type UserAction, World } from './world';

const KEYS = ['a.jpg', 'b.jpg'] as const;
const HISTORIES = 2_000;
const SEED = 20_261_121;
/** Runs are stepped, not timed: a history that has not come to rest by then never will. */
const MAX_STEPS = 5_000;

const userAction: fc.Arbitrary<UserAction> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ put: fc.nat({ max: 3 }), bad: fc.constant(false) }) },
  { weight: 1, arbitrary: fc.record({ put: fc.nat({ max: 3 }), bad: fc.constant(true) }) },
  { weight: 2, arbitrary: fc.constant('delete' as const) },
);

/** What happens: people act, the machinery takes one of its possible steps, or something goes wrong. */
const happening = fc.oneof(
  { weight: 2, arbitrary: fc.record({ key: fc.constantFrom(...KEYS), action: userAction }) },
  { weight: 8, arbitrary: fc.record({ step: fc.nat({ max: 1_000 }) }) },
  { weight: 1, arbitrary: fc.record({ mishap: fc.nat({ max: 1_000 }) }) },
);

/** Any order of all that may happen, then rest: the order of the last steps is drawn too. */
const history = fc.record({
  happenings: fc.array(happening, { minLength: 10, maxLength: 80 }),
  settling: fc.array(fc.nat({ max: 1_000 }), { minLength: 5, maxLength: 30 }),
});

const convergence = ({ secondLook }: { secondLook: boolean }) =>
  fc.asyncProperty(history, async ({ happenings, settling }) => {
    const world = new World(secondLook);
    for (const what of happenings) {
      if ('key' in what) world.act(what.key, what.action);
      else if ('step' in what) pick(world.steps(), what.step)?.();
      else pick(world.mishaps(), what.mishap)?.();
      await promisesSettled();
    }
    for (let i = 0; world.steps().length > 0; i++) {
      if (i > MAX_STEPS) throw new Error('The queue never drained.');
      pick(world.steps(), settling[i % settling.length] as number)?.();
      await promisesSettled();
    }
    expect(world.faults(KEYS)).toEqual([]);
  });

test(`${HISTORIES} histories of puts, overwrites, deletes, duplicates, overlaps and crashes all end true`, async () => {
  const details = await fc.check(convergence({ secondLook: true }), { numRuns: HISTORIES, seed: SEED });
  expect(fc.defaultReportMessage(details) ?? 'none failed').toBe('none failed');
}, 300_000);

test('the same histories tell when the second look is left out', async () => {
  const details = await fc.check(convergence({ secondLook: false }), {
    numRuns: HISTORIES,
    seed: SEED,
    endOnFailure: true,
  });
  expect(details.failed).toBe(true);
  expect(`${details.errorInstance}`).toMatch(/missing|stale|orphan/);
}, 300_000);

function pick<T>(choices: readonly T[], choice: number): T | undefined {
  return choices[choice % choices.length];
}

/** Lets every run go on to its next S3 call. */
function promisesSettled(): Promise<void> {
  return new Promise(setImmediate);
}
