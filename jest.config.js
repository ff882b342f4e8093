const { join } = require('node:path');
const { buildSync } = require('esbuild');

// CDK validates each template that it synthesizes, in WebAssembly: 3.5 s of CPU for the first in a test file, 0.4 s for
// each other. test/template/validation.test.ts does it once for all.
process.env.CDK_VALIDATION = 'false';

// A thread is started by its file, and Node knows no TypeScript: jest finds its bundle in place of its source.
// Always in one place: ts-jest keeps what it has compiled as long as its configuration is the same.
const threads = join(__dirname, 'node_modules/.cache/threads');
buildSync({
  entryPoints: [join(__dirname, 'lambda/thumbnail/render/decode/*-thread.ts')],
  outdir: threads,
  bundle: true,
  platform: 'node',
  target: 'node24',
  logLevel: 'error',
});

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
  moduleNameMapper: { '^\\./(heic|magick)-thread$': join(threads, '$1-thread.js') },
  modulePathIgnorePatterns: ['<rootDir>/cdk.out', '/layers/dist/', '<rootDir>/.local'],
  // A third of a test's time is waiting for S3, queues and child processes.
  maxWorkers: 3,
  testTimeout: 60_000,
  // A busy machine takes longer than half a second to end a process.
  workerGracefulExitTimeout: 10_000,
};
