import { AwsError, awsClient, domainOf, type Place, type Send } from './aws/client';
import type { SourceRef } from './events';

/** A source as it was at one moment. */
export interface Source {
  /** S3's mark of this version of the object. */
  readonly etag: string;
  /** Its size in bytes. */
  readonly size: number;
  /** Undefined if they are more than was asked for: then none were read. */
  readonly bytes: Uint8Array | undefined;
}

/** A thumbnail on its way into the bucket. */
export interface StoredThumbnail {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly cacheControl: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

/** All that the function does with objects. Faults of S3 are thrown as they come. */
export interface Store {
  /**
   * The object, or undefined if there is none.
   *
   * @param maxBytes the bytes of a larger one are left where they are
   */
  read(object: SourceRef, maxBytes: number): Promise<Source | undefined>;
  /** The ETag of the object as it is now, or undefined if there is none. */
  etag(object: SourceRef): Promise<string | undefined>;
  write(object: SourceRef, thumbnail: StoredThumbnail): Promise<void>;
  /** Removes the object if it is there. */
  remove(object: SourceRef): Promise<void>;
}

/** The store that is S3. The one file of the function that talks to it. */
export function s3Store(place: Place): Store {
  const clients = new Map<string, Send>();
  const at = ({ bucket, key }: SourceRef): { send: Send; path: string } => {
    const { url, prefix } = addressOf(bucket, place);
    const send = clients.get(url) ?? awsClient(url, { ...place, service: 's3' });
    clients.set(url, send);
    return { send, path: `${prefix}/${encodePath(key)}` };
  };

  return {
    async read(object, maxBytes) {
      const { send, path } = at(object);
      const answer = await send({ method: 'GET', path, headers: {} }, { maxBytes }).catch(unlessMissing);
      if (answer === undefined) return undefined;
      const etag = answer.headers.etag;
      if (etag === undefined) throw new Error(`S3 answered for ${object.key} without an ETag.`);
      const size = Number(answer.headers['content-length'] ?? answer.body?.byteLength);
      return { etag, size, bytes: answer.body };
    },

    async etag(object) {
      const { send, path } = at(object);
      const { status, headers } = await send({ method: 'HEAD', path, headers: {} }, { accept: [404] });
      return status === 404 ? undefined : headers.etag;
    },

    async write(object, { bytes, contentType, cacheControl, metadata }) {
      const { send, path } = at(object);
      const headers = {
        'content-type': contentType,
        ...(cacheControl !== undefined && { 'cache-control': cacheControl }),
        ...Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`x-amz-meta-${name}`, value])),
      };
      await send({ method: 'PUT', path, headers, body: bytes });
    },

    async remove(object) {
      const { send, path } = at(object);
      await send({ method: 'DELETE', path, headers: {} });
    },
  };
}

/** A bucket has a host of its own, save where a certificate for `*.s3…` does not cover its name or there is one host only. */
function addressOf(bucket: string, { region, endpoint }: Place): { url: string; prefix: string } {
  if (endpoint !== undefined) return { url: endpoint, prefix: `/${bucket}` };
  const domain = `s3.${region}.${domainOf(region)}`;
  return bucket.includes('.')
    ? { url: `https://${domain}`, prefix: `/${bucket}` }
    : { url: `https://${bucket}.${domain}`, prefix: '' };
}

/** As AWS signs it: all but letters, digits and `-._~/`. */
function encodePath(key: string): string {
  return encodeURIComponent(key)
    .replaceAll('%2F', '/')
    .replace(/[!'()*]/g, character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function unlessMissing(error: unknown): undefined {
  if (error instanceof AwsError && error.name === 'NoSuchKey') return undefined;
  throw error;
}
