import type { Dispatcher } from 'undici';
import { type Answer, refusal } from '../http/answer';
import { type Limits, request } from '../http/request';
import { RequestProblem } from '../http/request-problem';

/**
 * The JSON of a URL, in the answer's `body`; what went wrong in its place, with 502, or 504 when time ran out. A redirect
 * is not followed: the URL is configured, and can be made the right one.
 */
export async function getJson(
  url: string,
  options: Limits & { readonly dispatcher: Dispatcher },
): Promise<Answer> {
  try {
    const { status, headers, body } = await request(new URL(url), {
      ...options,
      accept: 'application/json',
      signal: AbortSignal.timeout(options.timeoutMs),
    });
    if (status !== 200) throw new RequestProblem(`Expected status 200 from ${url} but received ${status}.`);
    return { statusCode: 200, body: parse(body, { url, type: headers['content-type'] }) };
  } catch (error) {
    return refusal(error);
  }
}

function parse(body: Buffer, { url, type }: { url: string; type: unknown }): unknown {
  try {
    return JSON.parse(body.toString());
  } catch (cause) {
    const received = `${type ?? 'no type'}, which begins with ${JSON.stringify(body.toString('utf8', 0, 60))}`;
    throw new RequestProblem(`Expected JSON from ${url} but received ${received}.`, { cause });
  }
}
