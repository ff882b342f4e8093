import { type Head, notServed, type Refusal } from './refusals';

/** What a request to an operation of S3 looks like: method, path and query. */
interface Operation {
  readonly method: string;
  readonly of: 'account' | 'bucket' | 'object';
  /** The parameters that distinguish it from others of its method. */
  readonly marks?: readonly string[];
  readonly parameters?: readonly string[];
}

/**
 * The operations of S3 that are served; all others are refused.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */
const OPERATIONS = {
  ListBuckets: { method: 'GET', of: 'account' },
  CreateBucket: { method: 'PUT', of: 'bucket' },
  HeadBucket: { method: 'HEAD', of: 'bucket' },
  DeleteBucket: { method: 'DELETE', of: 'bucket' },
  GetBucketLocation: { method: 'GET', of: 'bucket', marks: ['location'] },
  ListObjects: {
    method: 'GET',
    of: 'bucket',
    parameters: ['prefix', 'delimiter', 'max-keys', 'encoding-type', 'marker'],
  },
  ListObjectsV2: {
    method: 'GET',
    of: 'bucket',
    marks: ['list-type'],
    parameters: [
      'prefix',
      'delimiter',
      'max-keys',
      'encoding-type',
      'start-after',
      'continuation-token',
      'fetch-owner',
    ],
  },
  DeleteObjects: { method: 'POST', of: 'bucket', marks: ['delete'] },
  PostObject: { method: 'POST', of: 'bucket' },
  PutObject: { method: 'PUT', of: 'object' },
  CopyObject: { method: 'PUT', of: 'object' },
  GetObject: {
    method: 'GET',
    of: 'object',
    parameters: [
      'partNumber',
      'response-cache-control',
      'response-content-disposition',
      'response-content-encoding',
      'response-content-language',
      'response-content-type',
      'response-expires',
    ],
  },
  HeadObject: { method: 'HEAD', of: 'object' },
  DeleteObject: { method: 'DELETE', of: 'object' },
  // No object has tags; the AWS CLI asks for them before it copies a large one.
  GetObjectTagging: { method: 'GET', of: 'object', marks: ['tagging'] },
  CreateMultipartUpload: { method: 'POST', of: 'object', marks: ['uploads'] },
  UploadPart: { method: 'PUT', of: 'object', marks: ['partNumber', 'uploadId'] },
  UploadPartCopy: { method: 'PUT', of: 'object', marks: ['partNumber', 'uploadId'] },
  CompleteMultipartUpload: { method: 'POST', of: 'object', marks: ['uploadId'] },
  AbortMultipartUpload: { method: 'DELETE', of: 'object', marks: ['uploadId'] },
} as const satisfies Readonly<Record<string, Operation>>;

export type OperationName = keyof typeof OPERATIONS;

/** Parameters that most operations may have. They do not identify an operation. */
const PARAMETERS = new Set(Object.values<Operation>(OPERATIONS).flatMap(({ parameters = [] }) => parameters));

const COPIES: readonly string[] = ['CopyObject', 'UploadPartCopy'];

/** A request to S3. */
export interface S3Call {
  readonly operation: OperationName;
  readonly bucket: string;
  readonly key: string;
  readonly query: Readonly<Record<string, string>>;
}

/** Of presigned URLs, and of SDKs (`x-id`); those that begin with `x-amz-` stand for headers. */
const OF_ANY_REQUEST = /^(x-amz-.*|x-id|awsaccesskeyid|signature|expires)$/i;

/** Headers for features that no object has here. They are refused: to ignore them would promise the feature. */
const REFUSED_HEADERS =
  /^x-amz-(tagging|website-redirect-location|write-offset-bytes|bucket-object-lock-enabled|object-lock-.*|(copy-source-)?server-side-encryption-customer-.*|copy-source-if-(un)?modified-since)$/;

/** The operation of a request, or the refusal of one that is not served. */
export function s3CallOf({ method, url, headers }: Head): S3Call | Refusal {
  const [path = '', search = ''] = url.split(/\?(.*)/s);
  const [bucket = '', key = ''] = path
    .slice(1)
    .split(/\/(.*)/s)
    .map(decoded);
  const query = Object.fromEntries(new URLSearchParams(search));
  const of = bucket === '' ? 'account' : key === '' ? 'bucket' : 'object';
  const refused = Object.keys({ ...headers, ...query }).find(name =>
    REFUSED_HEADERS.test(name.toLowerCase()),
  );
  if (refused) return notServed(`The local cloud does not serve ${refused} of S3.`);
  const named = Object.keys(query).filter(name => !OF_ANY_REQUEST.test(name));
  const copies = headers['x-amz-copy-source'] !== undefined;
  const found = (Object.entries(OPERATIONS) as [OperationName, Operation][]).find(
    ([name, { marks = [], parameters = [], ...operation }]) =>
      operation.method === method &&
      operation.of === of &&
      marks.every(mark => named.includes(mark)) &&
      named.every(parameter => [...marks, ...parameters].includes(parameter)) &&
      (method !== 'PUT' || of !== 'object' || COPIES.includes(name) === copies),
  );
  if (found && serves(found[0], { headers, query })) return { operation: found[0], bucket, key, query };
  const strange = named.filter(name => !PARAMETERS.has(name));
  const told = strange.length > 0 ? strange : named;
  const asked = told.length === 0 ? '' : ` with ${told.join(' and ')}`;
  return notServed(`The local cloud does not serve ${method} of ${WORDS[of]}${asked}.`);
}

const WORDS = { account: 'the list of buckets', bucket: 'a bucket', object: 'an object' } as const;

/** Refusals that depend on values in the query. */
function serves(operation: OperationName, { headers, query }: Pick<S3Call, 'query'> & Pick<Head, 'headers'>) {
  if (operation === 'ListObjectsV2') return query['list-type'] === '2';
  if (operation === 'PostObject') return /^multipart\/form-data/i.test(String(headers['content-type'] ?? ''));
  return !/\?versionId=/.test(String(headers['x-amz-copy-source'] ?? ''));
}

/** Text that cannot be decoded is returned unchanged: no key has such a name. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
