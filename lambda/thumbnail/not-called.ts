/**
 * Stands in for parts of the AWS SDK that the function never calls, so that no start loads them (lib/bundling.ts): the
 * search for credentials, since the handler gives its clients those that Lambda puts in the environment, and streams of
 * events, which none of its calls has. The SDK imports the latter dynamically too, for which esbuild would wrap, and not
 * shake, all that they share with the rest.
 */

/** Of `@aws-sdk/credential-provider-node`. */
export function defaultProvider() {
  return async () => {
    throw new Error('Expected credentials in the environment but received none.');
  };
}

/** Of `@smithy/core/event-streams`. */
export const resolveEventStreamSerdeConfig = <Config>(config: Config): Config => config;

/** Of `@smithy/core/event-streams`. */
export function eventStreamSerdeProvider(): never {
  throw new Error('Expected no stream of events.');
}

/** Of `@smithy/core/event-streams`. */
export const EventStreamSerde = eventStreamSerdeProvider;
