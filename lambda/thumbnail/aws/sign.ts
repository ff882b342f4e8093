import { createHash, createHmac, type Hmac } from 'node:crypto';

/** Who signs. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of a role's credentials, as Lambda gives them to a function. */
  readonly sessionToken?: string | undefined;
}

/** A request as it goes over the wire. */
export interface UnsignedRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'DELETE' | 'POST';
  readonly host: string;
  /** Encoded, without a query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
}

export interface Signer {
  readonly credentials: Credentials;
  readonly region: string;
  readonly service: 's3' | 'sqs';
}

/**
 * The headers of a request with AWS's Signature Version 4, which vouches for the body too.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function sign(
  { method, host, path, headers, body }: UnsignedRequest,
  { credentials, region, service }: Signer,
  now: Date,
): Record<string, string> {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const date = time.slice(0, 8);
  const bodyHash = sha256(body ?? '');
  const signed: Record<string, string> = {
    ...headers,
    host,
    'x-amz-content-sha256': bodyHash,
    'x-amz-date': time,
    ...(credentials.sessionToken && { 'x-amz-security-token': credentials.sessionToken }),
  };
  const names = Object.keys(signed).sort();
  const canonical = names.map(name => `${name}:${signed[name]?.trim().replace(/ +/g, ' ')}\n`).join('');
  const list = names.join(';');
  const request = [method, path, '', canonical, list, bodyHash].join('\n');
  const scope = `${date}/${region}/${service}/aws4_request`;
  const key = ['aws4_request', service, region, date].reduceRight<string | Buffer>(
    (secret, part) => hmac(secret, part).digest(),
    `AWS4${credentials.secretAccessKey}`,
  );
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, sha256(request)].join('\n')).digest('hex');
  return {
    ...signed,
    authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${list}, Signature=${signature}`,
  };
}

function sha256(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Hmac {
  return createHmac('sha256', key).update(text);
}
