import { synthesize } from './synthesize';

// Seconds of WebAssembly; on a busy machine a minute.
jest.setTimeout(240_000);

/** jest.config.js turns CDK's validation off for the sake of speed: here it is on. */
beforeAll(() => {
  process.env.CDK_VALIDATION = 'true';
});

test.each([
  ['the defaults', {}],
  ['all that adds a resource or a rule', { watch: 'all', removalPolicy: 'destroy', batchSize: 100 }],
  ['a key of the stack’s own', { encryptionKey: 'create' }],
])('CloudFormation has no objection to %s', (_, settings) => {
  expect(() => synthesize(settings)).not.toThrow();
});
