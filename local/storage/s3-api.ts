import type { IncomingHttpHeaders } from 'node:http';
import { announcedChecksums, wrongChecksum } from './checksums';
import { type App, type Reply, S3Error, type S3Object, type S3Store } from './fauxqs';
import { uploads } from './objects';
import { failedCopyPrecondition, failedPrecondition } from './preconditions';
import { errorAnswer, type Head, type Refusal, XML } from './refusals';
import { deletion } from './s3-deletion';
import { listing } from './s3-listing';
import { decoded, type OperationName, type S3Call, s3CallOf } from './s3-operations';
import { stagedBehind } from './staging';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const MAX_KEY_BYTES = 1024;

/** Writes that may be conditional. */
const CONDITIONAL: readonly OperationName[] = [
  'PutObject',
  'CopyObject',
  'CompleteMultipartUpload',
  'DeleteObject',
];

/** Operations whose checksum headers are about the body. */
const SUMMED: readonly OperationName[] = ['PutObject', 'UploadPart', 'DeleteObjects'];

/** Headers and body of a request. */
interface Upload {
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/**
 * Answers what fauxqs does not answer, or not as S3 does; the rest goes on to fauxqs.
 *
 * @param isS3 tells the requests to S3 from those to the other services of the endpoint
 */
export function serveS3(app: App, objects: S3Store, isS3: (head: Head) => boolean): void {
  const callOf = (head: Head) => (isS3(head) ? s3CallOf(head) : undefined);

  app.addHook('preHandler', async (request, reply) => {
    const call = callOf(request);
    if (!call || 'code' in call) return;
    // Without a body Fastify parses none, and fauxqs fails on an empty object ("folders" of consoles are such).
    request.body ??= Buffer.alloc(0);
    const wrong = SUMMED.includes(call.operation) ? await wrongSum(request) : undefined;
    return wrong && send(reply, wrong);
  });

  // Synchronous: between the check of its conditions and a write no other request may be handled.
  app.addHook('preHandler', (request, reply, done) => {
    const call = callOf(request);
    if (!call) return done();
    const answer = answerOf(objects, call, request);
    if (answer === undefined) return uploads.run(uploadName(call), done);
    void send(reply, answer);
  });

  app.addHook('onSend', (request, reply, payload, done) => {
    const call = callOf(request);
    if (call && 'operation' in call && call.operation === 'GetObject' && reply.statusCode < 300) {
      reply.headers(ownHeaders(call, existing(objects, call)));
    }
    const isXml = String(reply.getHeader('content-type')).startsWith('application/xml');
    done(null, call && isXml && typeof payload === 'string' ? withReferences(payload) : payload);
  });
}

function send(reply: Reply, answer: string | Refusal): Reply {
  const { status, body } =
    typeof answer === 'string'
      ? { status: 200, body: answer }
      : { status: answer.status, body: errorAnswer('s3', answer).body };
  return reply.code(status).type('application/xml').send(body);
}

/** Undefined: fauxqs answers. */
function answerOf(objects: S3Store, call: S3Call | Refusal, upload: Upload): string | Refusal | undefined {
  if ('code' in call) return call;
  try {
    return (
      badRequest(objects, call, upload.headers) ??
      OWN_ANSWERS[call.operation]?.(objects, call, upload.body as Buffer)
    );
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    return { status: error.statusCode, code: error.code, sentence: error.message };
  }
}

/** Large bodies are on disk, and were summed up as they arrived. */
async function wrongSum({ headers, body }: Upload): Promise<Refusal | undefined> {
  const bytes = body as Buffer;
  if (stagedBehind(bytes)) return undefined;
  const sums = announcedChecksums(headers);
  for (const sum of sums) sum.update(bytes);
  return wrongChecksum(sums, headers);
}

function badRequest(objects: S3Store, call: S3Call, headers: IncomingHttpHeaders): Refusal | undefined {
  if (Buffer.byteLength(call.key) > MAX_KEY_BYTES) return KEY_TOO_LONG;
  const source = copySourceOf(objects, headers);
  const wrongSource = source && failedCopyPrecondition(headers, source);
  if (wrongSource) return wrongSource;
  return CONDITIONAL.includes(call.operation)
    ? failedPrecondition(headers, existing(objects, call))
    : undefined;
}

/** The source of a copy; undefined when there is none. */
function copySourceOf(objects: S3Store, headers: IncomingHttpHeaders): S3Object | undefined {
  const path = String(headers['x-amz-copy-source'] ?? '').replace(/^\//, '');
  const [bucket = '', key = ''] = decoded(path).split(/\/(.*)/s);
  return existing(objects, { bucket, key });
}

function existing(
  objects: S3Store,
  { bucket, key }: { readonly bucket: string; readonly key: string },
): S3Object | undefined {
  try {
    return objects.headObject(bucket, key);
  } catch {
    return undefined;
  }
}

/**
 * Headers of a GET: those that its query asks for; the object's own Content-Type, which Fastify may have changed; and a
 * sandbox, because the scripts of an SVG or HTML from this endpoint could read and delete everything.
 */
function ownHeaders({ query }: S3Call, object: S3Object | undefined): Record<string, string> {
  const asked = Object.entries(query).filter(([name]) => name.startsWith('response-'));
  return {
    'content-security-policy': 'sandbox',
    ...(object && { 'content-type': object.contentType }),
    ...Object.fromEntries(asked.map(([name, value]) => [name.slice('response-'.length), value])),
  };
}

type Answer = (objects: S3Store, call: S3Call, body: Buffer) => string | Refusal;

const OWN_ANSWERS: { readonly [name in OperationName]?: Answer } = {
  ListObjects: listing,
  ListObjectsV2: listing,
  DeleteObjects: (objects, { bucket }, body) => deletion(objects, { bucket, body: body.toString() }),
  GetBucketLocation: (objects, { bucket }) =>
    // An empty location is us-east-1.
    objects.hasBucket(bucket)
      ? `${XML}<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>`
      : { status: 404, code: 'NoSuchBucket', sentence: 'The specified bucket does not exist' },
  GetObjectTagging(objects, { bucket, key }) {
    objects.headObject(bucket, key);
    return `${XML}<Tagging xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><TagSet/></Tagging>`;
  },
};

const KEY_TOO_LONG: Refusal = { status: 400, code: 'KeyTooLongError', sentence: 'Your key is too long' };

function uploadName(call: S3Call | Refusal) {
  const operation = 'operation' in call ? call.operation : undefined;
  if (operation === 'CopyObject') return 'ObjectCreated:Copy';
  return operation === 'PostObject' ? 'ObjectCreated:Post' : 'ObjectCreated:Put';
}

/**
 * XML 1.0 cannot express most control characters, and reads a carriage return as a newline. S3 writes them as
 * references anyway, which many parsers take; for the others there is `encoding-type=url`.
 */
function withReferences(xml: string): string {
  return xml.replaceAll(NOT_IN_XML, char => `&#x${char.charCodeAt(0).toString(16)};`);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: keys may hold them
const NOT_IN_XML = /[\x00-\x08\x0b-\x1f\ufffe\uffff]/g;
