import { Agent, request } from 'undici';

/** For one request, from connecting to the last byte. */
const TIMEOUT_MS = 10_000;

const dispatcher = new Agent({
  // Bytes of a response.
  maxResponseSize: 5 * 1024 * 1024,
  // No connection is kept: it would be dead after Lambda has frozen the process.
  pipelining: 0,
});

/**
 * Sends one request. Redirects are not followed.
 *
 * @throws Error in one sentence, when there is no response within the limits of time and size
 */
export async function send(method: 'GET' | 'HEAD', url: string): Promise<{ status: number; text: string }> {
  try {
    const { statusCode, body } = await request(url, {
      method,
      dispatcher,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      // api.github.com refuses requests that have none.
      headers: { 'user-agent': 'http-layer-example' },
    });
    return { status: statusCode, text: await body.text() };
  } catch (cause) {
    const { message, code } = cause as NodeJS.ErrnoException;
    throw new Error(`Expected a response from ${url} but received: ${message || code}`, { cause });
  }
}
