import type { App } from './fauxqs';
import { noteGroups } from './message-groups';
import { errorAnswer, type Head, notServed, type Protocol, type Refusal } from './refusals';

/** The actions of SQS that are served; all others are refused. */
const ACTIONS: readonly string[] = [
  'ChangeMessageVisibility',
  'ChangeMessageVisibilityBatch',
  'CreateQueue',
  'DeleteMessage',
  'DeleteMessageBatch',
  'DeleteQueue',
  'GetQueueAttributes',
  'GetQueueUrl',
  'ListQueueTags',
  'ListQueues',
  'PurgeQueue',
  'ReceiveMessage',
  'SendMessage',
  'SendMessageBatch',
  'SetQueueAttributes',
  'TagQueue',
  'UntagQueue',
].map(action => `AmazonSQS.${action}`);

const SENDING: readonly string[] = ['AmazonSQS.SendMessage', 'AmazonSQS.SendMessageBatch'];

/** The refusal of a request in AWS' JSON protocol; undefined when it is served. */
export function unservedAction({ url, headers }: Head): Refusal | undefined {
  const target = String(headers['x-amz-target'] ?? 'a request without X-Amz-Target');
  if (ACTIONS.includes(target) && url === '/') return undefined;
  return notServed(`The local cloud does not serve ${target.replace('AmazonSQS.', 'SQS ')}.`);
}

/** Checks the bodies of requests to SQS, and of those in AWS' older query protocol. */
export function serveQueues(app: App, protocolOf: (head: Head) => Protocol): void {
  app.removeContentTypeParser('application/x-amz-json-1.0');
  // 1.1 is SSM's.
  const types = ['application/x-amz-json-1.0', 'application/x-amz-json-1.1'];
  app.addContentTypeParser(types, { parseAs: 'string' }, (_request, body, done) =>
    done(null, objectOf(String(body))),
  );
  app.addHook('preHandler', (request, reply, done) => {
    const protocol = protocolOf(request);
    const sends = SENDING.includes(String(request.headers['x-amz-target']));
    const refusal =
      refusalOf(protocol, request.body) ?? (sends ? noteGroups(request.body as object) : undefined);
    if (!refusal) return done();
    const { headers, body } = errorAnswer(protocol, refusal);
    reply.code(refusal.status).headers(headers).send(body);
  });
}

function refusalOf(protocol: Protocol, body: unknown): Refusal | undefined {
  if (protocol === 'json') return body ? undefined : NOT_JSON;
  if (protocol !== 'query') return undefined;
  const { Action = 'a form without an Action' } = (body ?? {}) as { readonly Action?: string };
  // Of STS: tools call it to check credentials. fauxqs would take any other action for SNS.
  if (Action === 'GetCallerIdentity') return undefined;
  return notServed(`The local cloud does not serve ${Action} in the query protocol: SQS is served in JSON.`);
}

const NOT_JSON: Refusal = {
  status: 400,
  code: 'SerializationException',
  sentence: 'Expected a JSON object for the body but received something else.',
};

function objectOf(body: string): object | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
