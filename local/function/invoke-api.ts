import type { App } from '../storage/fauxqs';
import { errorAnswer, type Head, notServed, type Refusal } from '../storage/refusals';
import type { Ending } from './process';

/** Runs a function by its name or ARN; undefined when there is none of that name. */
export type Invoke = (functionName: string, event: unknown) => Promise<Ending> | undefined;

const TYPES: readonly unknown[] = [undefined, 'RequestResponse', 'Event'];

/** The refusal of a request to Lambda; undefined when it is served. */
export function unservedCall({ method, url, headers }: Head): Refusal | undefined {
  const [path = '', search] = url.split('?');
  if (method !== 'POST' || !/^\/2015-03-31\/functions\/[^/]+\/invocations$/.test(path)) {
    return notServed(`The local cloud serves only Invoke of Lambda, not ${method} ${path}.`);
  }
  const qualifier = new URLSearchParams(search).get('Qualifier') ?? '$LATEST';
  if (qualifier !== '$LATEST') {
    return notServed(`The local cloud has no versions of functions, so not ${qualifier} either.`);
  }
  const { 'x-amz-invocation-type': type, 'x-amz-log-type': log, 'x-amz-client-context': context } = headers;
  if (!TYPES.includes(type)) return notServed(`The local cloud does not serve the invocation type ${type}.`);
  if (log === 'Tail')
    return notServed('The local cloud writes logs to its own output: not the log type Tail.');
  return context === undefined ? undefined : notServed('The local cloud hands no client context on.');
}

/**
 * Lambda's Invoke, which is what `aws lambda invoke` and the SDKs call.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export function serveInvoke(app: App, invoke: Invoke): void {
  app.post('/2015-03-31/functions/:name/invocations', async (request, reply) => {
    const { name } = request.params as { readonly name: string };
    const refuse = (refusal: Refusal) => {
      const { headers, body } = errorAnswer('lambda', refusal);
      return reply.code(refusal.status).headers(headers).send(body);
    };
    const event = eventOf(request.body);
    if (!event) return refuse(NOT_JSON);
    const type = request.headers['x-amz-invocation-type'];
    const running = invoke(name, event.value);
    if (!running) {
      return refuse({ status: 404, code: 'ResourceNotFound', sentence: `Function not found: ${name}` });
    }
    if (type === 'Event') return reply.code(202).send();
    const ending = await running;
    reply.header('x-amz-executed-version', '$LATEST').type('application/json');
    if (ending.kind === 'answered') return reply.send(JSON.stringify(ending.answer));
    return reply
      .header('x-amz-function-error', 'Unhandled')
      .send(JSON.stringify({ errorType: ending.kind, errorMessage: ending.error }));
  });
}

const NOT_JSON: Refusal = {
  status: 400,
  code: 'InvalidRequestContent',
  sentence: 'Expected JSON for the event but received something else.',
};

/** Without a body the event is empty; undefined when the body is no JSON. */
function eventOf(body: unknown): { readonly value: unknown } | undefined {
  if (!(body instanceof Uint8Array) || body.byteLength === 0) return { value: {} };
  try {
    return { value: JSON.parse(Buffer.from(body).toString()) };
  } catch {
    return undefined;
  }
}
