import { openLocalStage } from '../backfill/local-stage';
import { playScenario } from '../backfill/scenario';
import { requires } from '../support/requires';

jest.setTimeout(1_800_000);

/** Long runs, for CI: `MINIATURAS_ENDURANCE=yes npm run jest -- test/endurance`. */
requires(process.env.MINIATURAS_ENDURANCE, 'MINIATURAS_ENDURANCE (long runs, for CI)').describe(
  'a bucket of 3,000 images that has been there for long',
  () => playScenario(openLocalStage, { sources: 3000, missing: 300, stale: 50, orphans: 20, failing: 10 }),
);
