/** Runs a command; what goes wrong is told in one line, without a stack trace. */
export function run(main: () => Promise<void>): void {
  main().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
