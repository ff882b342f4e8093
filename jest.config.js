const { availableParallelism } = require('node:os');

// CDK validates each template that it synthesizes, in WebAssembly: 3.5 s of CPU for the first in a test file, 0.4 s for
// each other. test/template/validation.test.ts does it once for all.
process.env.CDK_VALIDATION = 'false';

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  // Not in the temporary folder, which is the run's own.
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
  globalSetup: '<rootDir>/test/support/temporary-folder.ts',
  // A global that is named costs a look-up in the tests' context: seconds, in loops over pixels. These come as parameters.
  sandboxInjectedGlobals: ['Array', 'Buffer', 'Math', 'Number', 'Object', 'Uint8Array'],
  setupFiles: ['<rootDir>/test/support/quiet.ts'],
  transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: 'tsconfig.json' }] },
  modulePathIgnorePatterns: ['<rootDir>/cdk.out', '/layers/dist/', '<rootDir>/.local'],
  // A third of a test's time is waiting for S3, queues and child processes.
  maxWorkers: Math.ceil(1.5 * availableParallelism()),
  testTimeout: 60_000,
  // A busy machine takes longer than half a second to end a process.
  workerGracefulExitTimeout: 10_000,
};
