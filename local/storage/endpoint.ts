import { type Invoke, serveInvoke } from '../function/invoke-api';
import { loadFauxqs, type S3Store, type SqsStore } from './fauxqs';
import { uploads } from './objects';

/** S3 takes 5 GiB in one request; here a request is held in memory, and larger files go up in parts. */
const MAX_BODY_BYTES = 512 * 1024 * 1024;

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
  readonly objects: S3Store;
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
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES }, (_request, body, done) =>
    done(null, body),
  );

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
  app.addHook('onResponse', (request, _reply, done) => {
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
