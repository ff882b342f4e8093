import type { Fauxqs } from '../storage/fauxqs';
import type { Ending } from './process';

type App = ReturnType<Fauxqs['buildApp']>;

/** Runs a function by its name or ARN; undefined when there is none of that name. */
export type Invoke = (functionName: string, event: unknown) => Promise<Ending> | undefined;

/**
 * Lambda's Invoke, which is what `aws lambda invoke` and the SDKs call.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export function serveInvoke(app: App, invoke: Invoke): void {
  app.post('/2015-03-31/functions/:name/invocations', async (request, reply) => {
    const { name } = request.params as { readonly name: string };
    const running = invoke(name, eventOf(request.body));
    if (!running) {
      const Message = `Function not found: ${name}`;
      return reply
        .code(404)
        .header('x-amzn-errortype', 'ResourceNotFoundException')
        .send({ Type: 'User', Message });
    }
    if (request.headers['x-amz-invocation-type'] === 'Event') return reply.code(202).send();
    const ending = await running;
    reply.header('x-amz-executed-version', '$LATEST').type('application/json');
    if (ending.kind === 'answered') return reply.send(JSON.stringify(ending.answer));
    return reply
      .header('x-amz-function-error', 'Unhandled')
      .send(JSON.stringify({ errorType: ending.kind, errorMessage: ending.error }));
  });
}

/** A body comes as bytes, or as what a content type made of it; without one the event is empty. */
function eventOf(body: unknown): unknown {
  if (!(body instanceof Uint8Array)) return body ?? {};
  return body.byteLength === 0 ? {} : JSON.parse(Buffer.from(body).toString());
}
