import { encodeEventKey } from '../events/s3-event';
import type { S3Object, S3Store } from './fauxqs';
import { escapeXml, type Refusal, XML } from './refusals';
import type { S3Call } from './s3-operations';

const MAX_KEYS = 1000;

/**
 * Answers ListObjects and ListObjectsV2: fauxqs knows no `encoding-type`, and lists a common prefix twice where a page
 * ends with it.
 *
 * @throws S3Error when there is no such bucket
 */
export function listing(objects: S3Store, { operation, bucket, query }: S3Call): string | Refusal {
  const { prefix = '', delimiter = '', 'encoding-type': encoding } = query;
  const maxKeys = Number(query['max-keys'] ?? MAX_KEYS);
  if (encoding !== undefined && encoding !== 'url') {
    return invalid('Invalid Encoding Method specified in Request');
  }
  if (!Number.isInteger(maxKeys) || maxKeys < 0)
    return invalid('Provided max-keys not an integer or negative');

  const v2 = operation === 'ListObjectsV2';
  const token = query['continuation-token'];
  const after = v2 ? (token === undefined ? query['start-after'] : keyOf(token)) : query.marker;
  const count = Math.min(maxKeys, MAX_KEYS);
  const page = objects.listObjects(bucket, { prefix, delimiter, maxKeys: count, startAfter: after ?? '' });
  const isTruncated = page.isTruncated && count > 0;
  const last = isTruncated ? lastOf(page) : undefined;
  const key = (text: string) => escapeXml(encoding ? encodeEventKey(text) : text);
  const version = v2
    ? [
        element('KeyCount', page.objects.length + page.commonPrefixes.length),
        element('StartAfter', query['start-after'], key),
        element('ContinuationToken', token),
        element('NextContinuationToken', last === undefined ? undefined : tokenOf(last)),
      ]
    : [element('Marker', query.marker ?? '', key), element('NextMarker', delimiter ? last : undefined, key)];
  const owner = !v2 || query['fetch-owner'] === 'true' ? OWNER : '';
  return [
    `${XML}<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">`,
    element('Name', bucket),
    element('Prefix', prefix, key),
    element('Delimiter', delimiter || undefined, key),
    element('MaxKeys', count),
    element('EncodingType', encoding),
    element('IsTruncated', isTruncated),
    ...version,
    ...page.objects.map(object => contents(object, { key, owner })),
    ...page.commonPrefixes.map(one => `<CommonPrefixes>${element('Prefix', one, key)}</CommonPrefixes>`),
    '</ListBucketResult>',
  ].join('');
}

const OWNER = '<Owner><ID>000000000000</ID><DisplayName>local</DisplayName></Owner>';

function contents(
  object: S3Object,
  { key, owner }: { readonly key: (text: string) => string; readonly owner: string },
): string {
  return [
    '<Contents>',
    element('Key', object.key, key),
    element('LastModified', object.lastModified.toISOString()),
    element('ETag', object.etag),
    element('Size', object.contentLength),
    owner,
    '<StorageClass>STANDARD</StorageClass></Contents>',
  ].join('');
}

/** Empty when there is no value. */
function element(name: string, value: unknown, written: (text: string) => string = escapeXml): string {
  return value === undefined ? '' : `<${name}>${written(String(value))}</${name}>`;
}

/** Keys and common prefixes are one list, in the order of their bytes. */
function lastOf({ objects, commonPrefixes }: ReturnType<S3Store['listObjects']>): string | undefined {
  return [objects.at(-1)?.key, commonPrefixes.at(-1)]
    .filter(name => name !== undefined)
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .at(-1);
}

function tokenOf(key: string): string {
  return Buffer.from(key).toString('base64');
}

function keyOf(token: string): string {
  return Buffer.from(token, 'base64').toString();
}

function invalid(sentence: string): Refusal {
  return { status: 400, code: 'InvalidArgument', sentence };
}
