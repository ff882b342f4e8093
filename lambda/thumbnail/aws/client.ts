import type { IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { type Credentials, type Signer, sign, type UnsignedRequest } from './sign';

/** Where the function runs, and as whom. */
export interface Place {
  readonly region: string;
  readonly credentials: Credentials;
  /** In AWS's stead, such as `http://127.0.0.1:4566`; all services are there. */
  readonly endpoint?: string | undefined;
}

/** What names of AWS's hosts end with. https://docs.aws.amazon.com/general/latest/gr/rande.html */
export function domainOf(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** Undefined if it is larger than was asked for: then none of it was read. */
  readonly body: Buffer | undefined;
}

/** A request that AWS refused, by its own name for the cause. */
export class AwsError extends Error {
  constructor(
    override readonly name: string,
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** Sends a request; what may pass is tried again. */
export type Send = (
  request: Omit<UnsignedRequest, 'host'>,
  options?: {
    /** Larger bodies of answers are left where they are. @default no bound */
    readonly maxBytes?: number;
    /** Statuses from 400 that are an answer to the caller, not a fault. */
    readonly accept?: readonly number[];
  },
) => Promise<Answer>;

const TRIES = 3;
/** The first pause is up to so long, in ms, each further one up to twice that: not all of a burst returns at once. */
const PAUSE = 100;
/** AWS answers well within a second: a connection that is still for longer, in ms, is dropped and the call made again. */
const SILENCE = 3_000;
const PASSING = [408, 429, 500, 502, 503, 504];

/**
 * A client of one host of AWS: Signature Version 4, kept connections, tries. AWS's own does far more than the four calls of
 * this function need, at 1 ms of CPU a call and 50 ms a cold start more (docs/performance.md).
 *
 * @param url `https://host`, as given; requests add their paths
 */
export function awsClient(url: string, signer: Signer): Send {
  const { protocol, host, hostname, port } = new URL(url);
  // Only the one that is needed: each takes milliseconds to load.
  const http = process.getBuiltinModule(protocol === 'http:' ? 'node:http' : 'node:https');
  const agent = new http.Agent({ keepAlive: true });

  async function once(request: UnsignedRequest, maxBytes: number): Promise<Answer> {
    const { method, path, body } = request;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const length: Record<string, number> = body ? { 'content-length': body.byteLength } : {};
    const headers = { ...sign(request, signer, new Date()), ...length };
    const outgoing = http.request({ agent, hostname, port, method, path, headers });
    outgoing.setTimeout(SILENCE, () =>
      outgoing.destroy(new Error(`${host} said nothing for ${SILENCE} ms.`)),
    );
    outgoing.on('error', reject);
    outgoing.on('response', incoming => {
      readBody(incoming, method === 'HEAD' ? 0 : maxBytes).then(body => {
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body });
      }, reject);
    });
    outgoing.end(body);
    return promise;
  }

  return async (request, { maxBytes = Number.POSITIVE_INFINITY, accept = [] } = {}) => {
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await once({ ...request, host }, maxBytes);
        if (answer.status < 300 || accept.includes(answer.status)) return answer;
        throw errorOf(answer);
      } catch (error) {
        const passes = !(error instanceof AwsError) || PASSING.includes(error.status);
        if (attempt === TRIES || !passes) throw error;
        await wait(Math.random() * PAUSE * 2 ** (attempt - 1));
      }
    }
  };
}

/** The whole body, in one piece from the start where its length is known. */
async function readBody(incoming: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const length = Number(incoming.headers['content-length'] ?? Number.NaN);
  const isFault = (incoming.statusCode ?? 0) >= 300;
  if (length > maxBytes && !isFault) {
    // A HEAD has a length and no body: its connection can be used again.
    if (maxBytes > 0) incoming.destroy();
    else incoming.resume();
    return undefined;
  }
  const whole = Number.isNaN(length) ? undefined : Buffer.allocUnsafeSlow(length);
  const parts: Buffer[] = [];
  let read = 0;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  incoming.on('data', (part: Buffer) => {
    if (whole) part.copy(whole, read);
    else parts.push(part);
    read += part.byteLength;
  });
  incoming.on('end', resolve);
  incoming.on('error', reject);
  await promise;
  return whole ? whole.subarray(0, read) : Buffer.concat(parts);
}

/** S3 says what is wrong in XML, SQS in JSON; to a HEAD there is only the status. */
function errorOf({ status, body }: Answer): AwsError {
  const text = body?.toString() ?? '';
  const word = (xml: RegExp, json: RegExp) => (xml.exec(text) ?? json.exec(text))?.[1];
  const name = word(/<Code>([^<]*)/, /"__type" *: *"(?:[^"#]*#)?([^"]*)/) ?? `Status ${status}`;
  const message = word(/<Message>([^<]*)/, /"message" *: *"([^"]*)/i) ?? 'no reason was given';
  return new AwsError(name, `${name}: ${message}`, status);
}
