import { killRounds } from '../local/kill';
import { longRuns } from '../support/requires';

const ROUNDS = 200;

longRuns().test(
  `${ROUNDS} times SIGKILL while the local cloud writes: every object old or new, nothing acknowledged lost`,
  async () => {
    const report = await killRounds(ROUNDS);
    console.log(report);
    expect(report.unanswered).toBeGreaterThan(ROUNDS);
  },
  900_000,
);
