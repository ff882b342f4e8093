/** The command line asks for what is not there or cannot be done: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
