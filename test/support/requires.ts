import { relative } from 'node:path';

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
