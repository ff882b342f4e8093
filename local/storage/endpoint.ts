import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { type Invoke, serveInvoke, unservedCall } from '../function/invoke-api';
import { bucketOfHost, whyForeign } from './callers';
import { answerFaults } from './faults';
import { type App, loadFauxqs, type SqsStore } from './fauxqs';
import type { ObjectStore } from './objects';
import { serveQueues, unservedAction } from './queue-api';
import { errorAnswer, type Head, type Protocol, protocolOf, type Refusal } from './refusals';
import { readBody, type UploadRequest } from './request-body';
import { serveS3 } from './s3-api';
import { s3CallOf } from './s3-operations';
import { discard } from './staging';

/** A listening endpoint of S3, SQS and Lambda. */
export interface Endpoint {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves the stores as S3 and SQS, and functions as Lambda, to programs of this machine. Web pages of another origin are
 * refused (403), and so is, by a sentence, what is not served (501).
 *
 * @param port 0 for any that is free
 * @param onQueueRequest called after each SQS request: it may have changed what can be received
 * @throws the system's error when the port is taken (`EADDRINUSE`)
 */
export async function listen(options: {
  readonly port: number;
  readonly region: string;
  readonly objects: ObjectStore;
  readonly queues: SqsStore;
  readonly onQueueRequest: () => void;
  /** Without it there is no Lambda. */
  readonly invoke?: Invoke;
}): Promise<Endpoint> {
  const { port, region, objects, queues, onQueueRequest, invoke } = options;
  const { buildApp, SnsStore } = loadFauxqs();
  const app = buildApp({
    logger: false,
    defaultRegion: region,
    stores: { s3Store: objects, sqsStore: queues, snsStore: new SnsStore() },
  });
  const protocol = (head: Head) => protocolOf(head, name => objects.hasBucket(name));

  // fauxqs stops at 11 MiB, below what one PUT may carry.
  app.removeContentTypeParser('*');
  app.addContentTypeParser('*', (request: UploadRequest, body: Readable) =>
    readBody(request, body, objects.staging),
  );
  answerFaults(app);
  app.addHook('onRequest', (request, reply, done) => {
    const refusal = unserved(request, protocol(request));
    if (!refusal) return done();
    const { headers, body } = errorAnswer(protocol(request), refusal);
    reply.code(refusal.status).headers(headers).send(body);
  });
  takeAnyContentType(app, protocol);
  // Before the conditions of the write are looked at: from there to the write no other request may come between.
  app.addHook('preHandler', async ({ method, query, body }) => {
    const { uploadId } = query as { readonly uploadId?: string };
    if (method !== 'POST' || uploadId === undefined || !Buffer.isBuffer(body)) return;
    const numbers = body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber>/g);
    await objects.prepare(
      uploadId,
      [...numbers].map(([, number]) => Number(number)),
    );
  });
  serveS3(app, objects, head => protocol(head) === 's3');
  serveQueues(app, protocol);
  if (invoke) serveInvoke(app, invoke);
  app.addHook('onSend', (_request, reply, payload, done) => {
    // fauxqs' handlers end before a stream has begun; without a head Fastify would then send an empty answer.
    const head = reply.getHeaders() as OutgoingHttpHeaders;
    if (payload instanceof Readable) reply.raw.writeHead(reply.statusCode, head);
    done();
  });
  app.addHook('onResponse', (request, _reply, done) => {
    discard(request.body);
    if (request.url === '/') onQueueRequest();
    done();
  });

  app.server.removeAllListeners('request');
  app.server.on('request', (request, response) => admit(request, response));

  /** Before Fastify: it takes the bucket of a request from the path alone. */
  function admit(request: IncomingMessage, response: ServerResponse): void {
    const { url = '/', method = 'GET', headers } = request;
    const sentence = whyForeign(headers);
    if (sentence !== undefined) {
      const { headers: ours, body } = errorAnswer(protocol({ url, method, headers }), {
        code: 'AccessDenied',
        status: 403,
        sentence,
      });
      response.writeHead(403, ours).end(body);
      return;
    }
    const bucket = bucketOfHost(headers.host ?? '');
    if (bucket !== undefined) {
      request.url = `/${bucket}${url}`;
      headers.host = headers.host?.slice(bucket.length + 1);
    }
    app.routing(request, response);
  }

  await app.listen({ port, host: '127.0.0.1' });
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a TCP port to listen on.');
  return { url: `http://127.0.0.1:${address.port}`, close: () => app.close() };
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
      return unservedAction(head);
    case 'query':
      // Its action is in the body.
      return undefined;
  }
}

/**
 * An object may have any Content-Type, also one that Fastify would parse or find malformed: it is put aside while the
 * body is read.
 */
function takeAnyContentType(app: App, protocol: (head: Head) => Protocol): void {
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
