/** CDK writes a line to stderr for each function that it bundles; in the output of a test run they tell nothing. */
const stderr = process.stderr as NodeJS.WriteStream & { isQuiet?: true };

// The stream is one for all test files of a worker.
if (!stderr.isQuiet) {
  const write = stderr.write.bind(stderr) as (...args: unknown[]) => boolean;
  stderr.isQuiet = true;
  stderr.write = (...args: unknown[]) =>
    (typeof args[0] === 'string' && args[0].startsWith('Bundling asset ')) || write(...args);
}
