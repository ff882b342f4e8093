import fc from 'fast-check';
import { createBudget } from '../../lambda/thumbnail/budget';

const turn = () => new Promise<void>(setImmediate);

test('work never takes more together than there is, and all of it is done', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: 15 }), { maxLength: 40 }), async shares => {
      const budget = createBudget(10);
      let taken = 0;
      let done = 0;
      await Promise.all(
        shares.map(share =>
          budget.spend(share, async () => {
            taken += Math.min(share, 10);
            expect(taken).toBeLessThanOrEqual(10);
            await turn();
            taken -= Math.min(share, 10);
            done++;
          }),
        ),
      );
      expect(done).toBe(shares.length);
    }),
    { numRuns: 100, seed: 1 },
  );
});

test('large work is not overtaken for ever by small work', async () => {
  const budget = createBudget(10);
  const order: string[] = [];
  const run = (name: string, share: number) =>
    budget.spend(share, async () => {
      order.push(name);
      await turn();
    });
  await Promise.all([run('small 1', 5), run('large', 10), run('small 2', 5), run('small 3', 5)]);
  expect(order).toEqual(['small 1', 'large', 'small 2', 'small 3']);
});

test('what failed gives its share back', async () => {
  const budget = createBudget(1);
  await expect(budget.spend(1, () => Promise.reject(new Error('no luck')))).rejects.toThrow('no luck');
  expect(await budget.spend(1, async () => 'next')).toBe('next');
});
