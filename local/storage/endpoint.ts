import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { type Invoke, serveInvoke, unservedCall } from '../function/invoke-api';
import { bucketOfHost, whyForeign } from './callers';
import { answerFaults } from './faults';
import { type App, buildApp, SnsStore, type SqsStore } from './fauxqs';
import type { ObjectStore } from './objects';
import { isOfParameters, type Parameters, serveParameters } from './parameters';
import { serveQueues, unservedAction } from './queue-api';
import { errorAnswer, type Head, type Protocol, protocolOf, type Refusal } from './refusals';
import { readBody, type UploadRequest } from './request-body';
import { serveS3 } from './s3-api';
import { s3CallOf } from './s3-operations';
import { discard } from './staging';

/** A listening endpoint of S3, SQS, SSM and Lambda. */
export interface Endpoint {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  close(): Promise<void>;
}

interface Services {
  readonly region: string;
  readonly objects: ObjectStore;
  readonly queues: SqsStore;
  /** Called after each SQS request: it may have changed what can be received. */
  readonly onQueueRequest: () => void;
  /** Without it there is no Lambda. */
  readonly invoke?: Invoke;
  /** Without them there is no SSM. */
  readonly parameters?: Parameters;
}

type ProtocolOf = (head: Head) => Protocol;

/**
 * Serves the stores as S3 and SQS, and functions as Lambda, to programs on this machine. Requests of web pages of
 * another origin are refused (403), as are requests that are not served (501, with a sentence).
 *
 * @param port 0 for any that is free
 * @throws the system's error when the port is taken (`EADDRINUSE`)
 */
export async function listen({ port, ...services }: Services & { readonly port: number }): Promise<Endpoint> {
  const app = appOf(services);
  await app.listen({ port, host: '127.0.0.1' });
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a TCP port to listen on.');
  return { url: `http://127.0.0.1:${address.port}`, close: () => app.close() };
}

function appOf({ region, objects, queues, parameters, onQueueRequest, invoke }: Services): App {
  const stores = { s3Store: objects, sqsStore: queues, snsStore: new SnsStore() };
  const app = buildApp({ logger: false, defaultRegion: region, stores });
  const protocol = (head: Head) => protocolOf(head, name => objects.hasBucket(name));
  // fauxqs stops at 11 MiB, below what one PUT may carry.
  app.removeContentTypeParser('*');
  app.addContentTypeParser('*', (request: UploadRequest, body: Readable) =>
    readBody(request, body, objects.staging),
  );
  answerFaults(app);
  refuseUnserved(app, protocol);
  takeAnyContentType(app, protocol);
  prepareUploads(app, objects);
  serveS3(app, objects, head => protocol(head) === 's3');
  serveQueues(app, protocol);
  if (parameters) serveParameters(app, parameters);
  if (invoke) serveInvoke(app, invoke);
  sendHeadsOfStreams(app);
  app.addHook('onResponse', (request, _reply, done) => {
    discard(request.body);
    if (request.url === '/') onQueueRequest();
    done();
  });
  refuseForeign(app, protocol);
  return app;
}

function refuseUnserved(app: App, protocol: ProtocolOf): void {
  app.addHook('onRequest', (request, reply, done) => {
    const refusal = unserved(request, protocol(request));
    if (!refusal) return done();
    const { headers, body } = errorAnswer(protocol(request), refusal);
    reply.code(refusal.status).headers(headers).send(body);
  });
}

/**
 * Joins parts before the conditions of a write are checked: between check and write no other request may be handled.
 */
function prepareUploads(app: App, objects: ObjectStore): void {
  app.addHook('preHandler', async ({ method, query, body }) => {
    const { uploadId } = query as { readonly uploadId?: string };
    if (method !== 'POST' || uploadId === undefined || !Buffer.isBuffer(body)) return;
    const numbers = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)];
    await objects.prepare(
      uploadId,
      numbers.map(([, number]) => Number(number)),
    );
  });
}

/** fauxqs' handlers return before a stream has begun; unless the head is written, Fastify sends an empty answer. */
function sendHeadsOfStreams(app: App): void {
  app.addHook('onSend', (_request, reply, payload, done) => {
    const head = reply.getHeaders() as OutgoingHttpHeaders;
    if (payload instanceof Readable) reply.raw.writeHead(reply.statusCode, head);
    done();
  });
}

/** Before Fastify, which takes the bucket of a request from the path alone. */
function refuseForeign(app: App, protocol: ProtocolOf): void {
  app.server.removeAllListeners('request');
  app.server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { url = '/', method = 'GET', headers } = request;
    const sentence = whyForeign(headers);
    if (sentence !== undefined) {
      const refusal = { code: 'AccessDenied', status: 403, sentence };
      const answer = errorAnswer(protocol({ url, method, headers }), refusal);
      response.writeHead(refusal.status, answer.headers).end(answer.body);
      return;
    }
    const bucket = bucketOfHost(headers.host ?? '');
    if (bucket !== undefined) {
      request.url = `/${bucket}${url}`;
      headers.host = headers.host?.slice(bucket.length + 1);
    }
    app.routing(request, response);
  });
}

/** Before the body is read. */
function unserved(head: Head, protocol: Protocol): Refusal | undefined {
  switch (protocol) {
    case 's3': {
      const call = s3CallOf(head);
      return 'code' in call ? call : undefined;
    }
    case 'lambda':
      return unservedCall(head);
    case 'json':
      return isOfParameters(head) ? undefined : unservedAction(head);
    case 'query':
      // Its action is in the body: see `serveQueues`.
      return undefined;
  }
}

/**
 * An object may have any Content-Type, also one whose bodies Fastify would parse, or would find malformed. It is
 * replaced while the body is read.
 */
function takeAnyContentType(app: App, protocol: ProtocolOf): void {
  const types = new WeakMap<IncomingMessage, string>();
  app.addHook('onRequest', ({ raw, method, url, headers }, _reply, done) => {
    const type = headers['content-type'];
    if (type !== undefined && ['s3', 'lambda'].includes(protocol({ method, url, headers }))) {
      types.set(raw, type);
      raw.headers['content-type'] = 'application/octet-stream';
    }
    done();
  });
  app.addHook('preHandler', ({ raw }, _reply, done) => {
    const type = types.get(raw);
    if (type !== undefined) raw.headers['content-type'] = type;
    done();
  });
}
