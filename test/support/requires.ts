import { relative } from 'node:path';

/** Whether the tests that take minutes are asked for: `MINIATURAS_ENDURANCE=yes npm run jest -- test/endurance`. */
export const ENDURANCE = process.env.MINIATURAS_ENDURANCE !== undefined;

/**
 * `describe` and `test` where a condition holds; where it does not, their skipped forms, and one line that says why.
 *
 * @param what what the tests need, as in `MINIATURAS_CORPUS (a folder of images)`
 */
export function requires(condition: unknown, what: string): Pick<typeof globalThis, 'describe' | 'test'> {
  if (condition) return { describe, test };
  const file = relative(process.cwd(), expect.getState().testPath ?? '');
  process.stdout.write(`skipped in ${file}: needs ${what}\n`);
  return { describe: describe.skip as typeof describe, test: test.skip as typeof test };
}

/** The tests that take minutes; `.ci/run` runs them. */
export function longRuns(): ReturnType<typeof requires> {
  return requires(ENDURANCE, 'MINIATURAS_ENDURANCE (long runs, for CI)');
}
