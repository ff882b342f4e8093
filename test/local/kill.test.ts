import { killRounds } from './kill';

test('SIGKILL while it writes: it starts again, every object is old or new, nothing acknowledged is lost', async () => {
  const report = await killRounds(2);
  expect(report.changes).toBeGreaterThan(0);
  expect(report.messages).toBeGreaterThan(0);
});
