/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: 'tsconfig.json' }] },
  modulePathIgnorePatterns: ['<rootDir>/cdk.out', '/layers/dist/', '<rootDir>/.local'],
  // Half of a test's time is waiting for S3, queues and child processes: one worker a core, not one fewer.
  maxWorkers: '100%',
  testTimeout: 60_000,
};
