/** Common errors of AWS's clients and of Node, and the next step for each. */
const NEXT_STEPS: readonly { readonly when: RegExp; readonly say: string }[] = [
  {
    when: /^CredentialsProviderError/,
    say: 'No AWS credentials were found: run `aws configure` or `aws sso login`, or set AWS_PROFILE. For the local cloud: --local.',
  },
  {
    when: /Region is missing/,
    say: 'No AWS region is set: set AWS_REGION, or run `aws configure set region NAME`. For the local cloud: --local.',
  },
  {
    when: /^(ExpiredToken|UnrecognizedClient|InvalidClientTokenId|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignature)/,
    say: 'AWS does not accept these credentials, or no longer: run `aws sso login` or `aws configure` again, or set AWS_PROFILE.',
  },
  {
    when: /^(AccessDenied|AuthorizationError|UnauthorizedOperation)/,
    say: 'These credentials lack a right that is needed here: use another AWS_PROFILE, or have the right granted.',
  },
  {
    when: /^(QueueDoesNotExist|AWS\.SimpleQueueService\.NonExistentQueue)/,
    say: 'The queue of this stack is gone: deploy the stack again with `npx cdk deploy`.',
  },
  { when: /^NoSuchBucket/, say: 'The bucket of this stack is gone: deploy the stack again.' },
  {
    when: /EADDRINUSE/,
    say: 'The port is taken by another program: choose another with --port N, or any free one with --port 0.',
  },
  { when: /^FolderInUse/, say: 'Another local cloud runs on this folder: choose another with --data DIR.' },
  {
    when: /ECONNREFUSED/,
    say: 'Nothing answers there: is the local cloud still running? Start it with `npm start` in another terminal.',
  },
  {
    when: /ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNRESET|^TimeoutError/,
    say: 'AWS could not be reached: check the network, AWS_REGION and AWS_ENDPOINT_URL.',
  },
];

/** An error as a sentence: with the next step where one is known, followed by the error's own words. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, message } = error as NodeJS.ErrnoException;
  // A refused connection to two addresses is an AggregateError, whose message is empty.
  const words = [error.name, code, message].filter(Boolean).join(': ');
  const known = NEXT_STEPS.find(({ when }) => when.test(words));
  return known ? `${known.say} (${words})` : message;
}
