const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { buildSync } = require('esbuild');

// CDK validates each template that it synthesizes, in WebAssembly: 3.5 s of CPU for the first in a test file, 0.4 s for
// each other. test/template/validation.test.ts does it once for all.
process.env.CDK_VALIDATION = 'false';

// A thread is started by its file, and Node knows no TypeScript: jest finds its bundle in place of its source.
const threads = mkdtempSync(join(tmpdir(), 'miniaturas-threads-'));
process.once('exit', () => rmSync(threads, { recursive: true, force: true }));
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
  setupFiles: ['<rootDir>/test/support/quiet.ts'],
  transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: 'tsconfig.json' }] },
  moduleNameMapper: { '^\\./(heic|magick)-thread$': join(threads, '$1-thread.js') },
  modulePathIgnorePatterns: ['<rootDir>/cdk.out', '/layers/dist/', '<rootDir>/.local'],
  // Half of a test's time is waiting for S3, queues and child processes: one worker a core, not one fewer.
  maxWorkers: '100%',
  testTimeout: 60_000,
};
