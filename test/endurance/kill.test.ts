import { killRounds } from '../local/kill';
import { requires } from '../support/requires';

const ROUNDS = 200;

/** Long runs, for CI: `MINIATURAS_ENDURANCE=yes npm run jest -- test/endurance`. */
requires(process.env.MINIATURAS_ENDURANCE, 'MINIATURAS_ENDURANCE (long runs, for CI)').test(
  `${ROUNDS} times SIGKILL while the local cloud writes: every object old or new, nothing acknowledged lost`,
  async () => {
    const report = await killRounds(ROUNDS);
    console.log(report);
    expect(report.unanswered).toBeGreaterThan(ROUNDS);
  },
  900_000,
);
