/** The protocols that share the endpoint; each has its own form of an error. */
export type Protocol = 's3' | 'lambda' | 'json' | 'query';

/** An error that a client gets. */
export interface Refusal {
  /** HTTP status. */
  readonly status: number;
  /** The service's error code, such as `PreconditionFailed`. */
  readonly code: string;
  readonly sentence: string;
}

/** The part of a request from which its protocol follows. */
export interface Head {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
}

/** Lambda's paths begin with the date of an API version. */
const LAMBDA_PATH = /^\/(20\d\d-\d\d-\d\d)\/./;

/**
 * The protocol of a request: Lambda's paths, AWS' JSON (SQS), AWS' older query protocol (STS, and SQS for
 * old clients), or S3's.
 *
 * @param isBucket tells buckets whose names look like an API version from Lambda's paths
 */
export function protocolOf({ method, url, headers }: Head, isBucket: (name: string) => boolean): Protocol {
  const date = LAMBDA_PATH.exec(url)?.[1];
  if (date !== undefined && !isBucket(date)) return 'lambda';
  const type = String(headers['content-type'] ?? '');
  if (method !== 'POST') return 's3';
  if (headers['x-amz-target'] !== undefined || (url === '/' && type.startsWith('application/x-amz-json'))) {
    return 'json';
  }
  const ofQueue = url === '/' || /^\/\d{12}\/[^/?]+$/.test(url);
  return ofQueue && type.startsWith('application/x-www-form-urlencoded') ? 'query' : 's3';
}

/** The refusal (501) of what the local cloud does not serve. */
export function notServed(sentence: string): Refusal {
  return { status: 501, code: 'NotImplemented', sentence };
}

/** A refusal as the clients of a protocol read it. */
export function errorAnswer(
  protocol: Protocol,
  { code, sentence }: Refusal,
): { readonly headers: Readonly<Record<string, string>>; readonly body: string } {
  switch (protocol) {
    case 's3':
      return {
        headers: { 'content-type': 'application/xml' },
        body: `${XML}<Error><Code>${code}</Code><Message>${escapeXml(sentence)}</Message></Error>`,
      };
    case 'query':
      return {
        headers: { 'content-type': 'text/xml' },
        body: `${XML}<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${escapeXml(sentence)}</Message></Error></ErrorResponse>`,
      };
    case 'lambda':
      return {
        headers: { 'content-type': 'application/json', 'x-amzn-errortype': `${code}Exception` },
        body: JSON.stringify({ Type: 'User', Message: sentence }),
      };
    case 'json':
      return {
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amzn-query-error': `${code};Sender`,
        },
        body: JSON.stringify({ __type: `com.amazonaws.sqs#${code}`, message: sentence }),
      };
  }
}

export const XML = '<?xml version="1.0" encoding="UTF-8"?>\n';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

export function escapeXml(text: string): string {
  return text.replaceAll(/[&<>"']/g, char => ENTITIES[char] ?? char);
}
