import { type Dispatcher, request as send } from 'undici';
import { RequestProblem } from './request-problem';

export interface Limits {
  /** For all of it: connecting, redirects, the body. ms */
  readonly timeoutMs: number;
  /** For the body. */
  readonly maxBytes: number;
}

export interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Some servers, api.github.com for one, answer nobody without a name. */
const USER_AGENT = 'miniaturas-http-layer';

/**
 * One GET. No redirect is followed, and the body of one is not read.
 *
 * @throws RequestProblem when there is no answer in time, or it is too large
 */
export async function request(
  url: URL,
  options: Limits & {
    readonly dispatcher: Dispatcher;
    /** For the header of that name. */
    readonly accept: string;
    readonly signal: AbortSignal;
  },
): Promise<Response> {
  const { dispatcher, accept, signal, maxBytes, timeoutMs } = options;
  try {
    const { statusCode, headers, body } = await send(url, {
      dispatcher,
      signal,
      // No compression: a few bytes that unpack to many would pass the limit.
      headers: { accept, 'user-agent': USER_AGENT, 'accept-encoding': 'identity' },
    });
    // An error that comes after we have turned away is nobody's.
    body.on('error', () => undefined);
    const response = { status: statusCode, headers };
    if (statusCode >= 300 && statusCode < 400) {
      body.destroy();
      return { ...response, body: Buffer.alloc(0) };
    }
    const encoding = headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') {
      body.destroy();
      throw new RequestProblem(`Expected no compression from ${url} but received ${encoding}.`);
    }
    return {
      ...response,
      body: await readBody(body, { url, maxBytes, announced: headers['content-length'] }),
    };
  } catch (cause) {
    if (signal.aborted) {
      const message = `Expected an answer from ${url} within ${timeoutMs / 1000} s.`;
      throw new RequestProblem(message, { statusCode: 504, cause });
    }
    throw problemOf(cause, url);
  }
}

async function readBody(
  body: Dispatcher.ResponseData['body'],
  { url, maxBytes, announced }: { url: URL; maxBytes: number; announced: unknown },
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const tooLarge = (received: string) =>
    new RequestProblem(`Expected at most ${maxBytes} bytes from ${url} but received ${received}.`);
  if (Number(announced) > maxBytes) {
    body.destroy();
    throw tooLarge(String(announced));
  }
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw tooLarge('more');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** What a connection fails with may hold our problem inside: a refused address does. */
function problemOf(error: unknown, url: URL): RequestProblem {
  for (let one = error; one instanceof Error; one = one.cause) {
    if (one instanceof RequestProblem) return one;
  }
  const { code, message } = error as NodeJS.ErrnoException;
  return new RequestProblem(`Expected an answer from ${url} but received ${code ?? message}.`, {
    cause: error,
  });
}
