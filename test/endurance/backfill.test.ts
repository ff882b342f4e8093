import { openLocalStage } from '../backfill/local-stage';
import { playScenario } from '../backfill/scenario';
import { longRuns } from '../support/requires';

jest.setTimeout(1_800_000);

longRuns().describe('a bucket of 3,000 images that has been there for long', () =>
  playScenario(openLocalStage, { sources: 3000, missing: 300, stale: 50, orphans: 20, failing: 10 }),
);
