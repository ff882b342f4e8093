import { openLocalStage } from './local-stage';
import { playScenario } from './scenario';

jest.setTimeout(240_000);
describe('a bucket that has been there for long', () =>
  playScenario(openLocalStage, { sources: 60, missing: 12, stale: 4, orphans: 2, failing: 1 }));
