/**
 * Stands in for parts of the AWS SDK that the function never calls, so that no start loads them (lib/bundle/options.ts).
 * Whatever would call them throws. test/function/not-called.test.ts makes each call that the function makes.
 */

/** Of `@aws-sdk/credential-provider-node`: the worker gives its clients what Lambda puts in the environment. */
export function defaultProvider() {
  return async () => {
    throw new Error('Expected credentials in the environment but received none.');
  };
}

/**
 * Of `@smithy/core/event-streams`: no call of ours has one. The SDK imports it dynamically too, for which esbuild would wrap,
 * and not shake, all that it shares with the rest.
 */
export const resolveEventStreamSerdeConfig = <Config>(config: Config): Config => config;

/** Of `@smithy/core/event-streams`. */
export function eventStreamSerdeProvider(): never {
  throw new Error('Expected no stream of events.');
}

/** Of `@smithy/core/event-streams`. */
export const EventStreamSerde = eventStreamSerdeProvider;

/** Of `@aws-sdk/checksums/flexible-checksums`: the worker's client leaves out those that S3 does not ask for. */
export const resolveFlexibleChecksumsConfig = <Config>(config: Config): Config => config;

/** Of `@aws-sdk/checksums/flexible-checksums`: one for each command. */
export function getFlexibleChecksumsPlugin(
  _config: object,
  { requestChecksumRequired }: { readonly requestChecksumRequired: boolean },
) {
  if (requestChecksumRequired) throw new Error('Expected no command of which S3 asks a checksum.');
  return { applyToStack: () => undefined };
}

/** Of `@aws-sdk/checksums/flexible-checksums`: where to look for settings that the worker's client has. */
export const NODE_REQUEST_CHECKSUM_CALCULATION_CONFIG_OPTIONS = undefined;
export const NODE_RESPONSE_CHECKSUM_VALIDATION_CONFIG_OPTIONS = undefined;

/** Of `@aws-sdk/checksums/sha`. */
export class Sha1 {
  constructor() {
    throw new Error('Expected no checksums.');
  }
}
