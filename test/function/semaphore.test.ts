import fc from 'fast-check';
import { createSemaphore } from '../../lambda/thumbnail/semaphore';

const turn = () => new Promise<void>(setImmediate);

test('no more permits than there are are held at once, and all work is done', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: 15 }), { maxLength: 40 }), async shares => {
      const semaphore = createSemaphore(10);
      let taken = 0;
      let done = 0;
      await Promise.all(
        shares.map(share =>
          semaphore.run(share, async () => {
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
  const semaphore = createSemaphore(10);
  const order: string[] = [];
  const run = (name: string, share: number) =>
    semaphore.run(share, async () => {
      order.push(name);
      await turn();
    });
  await Promise.all([run('small 1', 5), run('large', 10), run('small 2', 5), run('small 3', 5)]);
  expect(order).toEqual(['small 1', 'large', 'small 2', 'small 3']);
});

test('work that fails gives its permits back', async () => {
  const semaphore = createSemaphore(1);
  await expect(semaphore.run(1, () => Promise.reject(new Error('no luck')))).rejects.toThrow('no luck');
  expect(await semaphore.run(1, async () => 'next')).toBe('next');
});

test.each([Number.NaN, -1])('%d permits are refused at once, and hold up nothing', async permits => {
  const semaphore = createSemaphore(1);
  await expect(semaphore.run(permits, async () => 'run')).rejects.toThrow(RangeError);
  expect(await semaphore.run(1, async () => 'next')).toBe('next');
});
