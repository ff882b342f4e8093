import type { OutgoingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { type Invoke, serveInvoke } from '../function/invoke-api';
import { answerFaults } from './faults';
import { loadFauxqs, type SqsStore } from './fauxqs';
import { type ObjectStore, uploads } from './objects';
import { readBody, type UploadRequest } from './request-body';
import { discard } from './staging';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const MAX_KEY_BYTES = 1024;

/** A listening endpoint of S3, SQS and Lambda. */
export interface Endpoint {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves the stores as S3 and SQS, and functions as Lambda, on this machine only.
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

  // fauxqs stops at 11 MiB, below what one PUT may carry.
  app.removeContentTypeParser('*');
  app.addContentTypeParser('*', (request: UploadRequest, body: Readable) =>
    readBody(request, body, objects.staging),
  );
  answerFaults(app);

  app.addHook('preHandler', (request, reply, done) => {
    const key = (request.params as { readonly '*'?: string })['*'] ?? '';
    if (Buffer.byteLength(key) > MAX_KEY_BYTES) {
      reply.code(400).type('application/xml').send(KEY_TOO_LONG);
      return;
    }
    const part = key && PARTS_OF_OBJECTS.find(name => name in (request.query as object));
    if (part) {
      const answer = part === 'tagging' && request.method === 'GET' ? NO_TAGS : NOT_COVERED;
      reply
        .code(answer === NO_TAGS ? 200 : 501)
        .type('application/xml')
        .send(answer);
      return;
    }
    // Without a body Fastify parses none, and fauxqs fails on an empty object ("folders" of consoles are such).
    request.body ??= Buffer.alloc(0);
    const copied = request.headers['x-amz-copy-source'] !== undefined;
    const uploaded = request.method === 'POST' ? 'ObjectCreated:Post' : 'ObjectCreated:Put';
    uploads.run(copied ? 'ObjectCreated:Copy' : uploaded, done);
  });
  app.addHook('preHandler', async ({ method, query, body }) => {
    const { uploadId } = query as { readonly uploadId?: string };
    if (method !== 'POST' || uploadId === undefined || !Buffer.isBuffer(body)) return;
    const numbers = body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber>/g);
    await objects.prepare(
      uploadId,
      [...numbers].map(([, number]) => Number(number)),
    );
  });
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

  if (invoke) serveInvoke(app, invoke);

  await app.listen({ port, host: '127.0.0.1' });
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a TCP port to listen on.');
  return { url: `http://127.0.0.1:${address.port}`, close: () => app.close() };
}

/** fauxqs would answer such a GET with the object itself, and take such a PUT for a new object. */
const PARTS_OF_OBJECTS = [
  'tagging',
  'acl',
  'attributes',
  'retention',
  'legal-hold',
  'restore',
  'select',
  'torrent',
];

/** What the AWS CLI asks for before it copies a large object. */
const NO_TAGS = `<?xml version="1.0" encoding="UTF-8"?>
<Tagging xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><TagSet/></Tagging>`;

const NOT_COVERED = `<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>NotImplemented</Code><Message>The local cloud keeps no tags, ACLs or locks of objects.</Message></Error>`;

const KEY_TOO_LONG = `<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>KeyTooLongError</Code><Message>Your key is too long</Message></Error>`;
