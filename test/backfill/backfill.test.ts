import { openLocalStage } from './local-stage';
import { playScenario } from './scenario';

jest.setTimeout(240_000);
describe('a bucket that has been there for long', () =>
  playScenario(openLocalStage, { sources: 200, missing: 20, stale: 5, orphans: 2, failing: 1 }));
