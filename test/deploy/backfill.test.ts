import { playScenario } from '../backfill/scenario';
import { requires } from '../support/requires';
import { openMinistackStage } from './backfill-stage';
import { PYTHON } from './shell';

jest.setTimeout(900_000);

/** Most of its ten minutes it waits, as on AWS, for SQS's counts to be sure: not in CI. */
const isAsked = PYTHON !== undefined && process.env.MINIATURAS_ENDURANCE === 'all';

requires(isAsked, 'MINIATURAS_PYTHON, and MINIATURAS_ENDURANCE=all').describe(
  'a bucket of 300 images that has been there for long, on an emulator made by others',
  () => playScenario(openMinistackStage, { sources: 300, missing: 30, stale: 5, orphans: 2, failing: 1 }),
);
