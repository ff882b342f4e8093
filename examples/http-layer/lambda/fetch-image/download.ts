import type { Dispatcher } from 'undici';
import { type Limits, request } from '../http/request';
import { RequestProblem } from '../http/request-problem';

/** An image as a server sent it. */
export interface Download {
  readonly bytes: Uint8Array;
  readonly contentType: string;
}

/**
 * Downloads an image. Each URL on the way, redirects included, has to be https, without a password; where it leads is
 * for the dispatcher to judge, when it connects.
 *
 * @throws RequestProblem when what is there is no image, is too large, takes too long, or may not be asked for
 */
export async function download(
  start: URL,
  options: Limits & { readonly dispatcher: Dispatcher; readonly maxRedirects: number },
): Promise<Download> {
  const signal = AbortSignal.timeout(options.timeoutMs);
  let url = start;
  for (let redirects = 0; redirects <= options.maxRedirects; redirects++) {
    expectHttps(url);
    const { status, headers, body } = await request(url, { ...options, accept: 'image/*', signal });
    if (status >= 300 && status < 400) {
      url = target(headers.location, url);
      continue;
    }
    if (status !== 200) throw new RequestProblem(`Expected status 200 from ${url} but received ${status}.`);
    const contentType = String(headers['content-type'] ?? 'no type');
    if (!/^image\/[\w.+-]+/i.test(contentType)) {
      throw new RequestProblem(`Expected an image from ${url} but received ${contentType}.`);
    }
    return { bytes: body, contentType };
  }
  throw new RequestProblem(
    `Expected an image from ${start} after ${options.maxRedirects} redirects at most.`,
  );
}

function expectHttps({ protocol, username, password, host }: URL): void {
  const asked = { statusCode: 400 } as const;
  if (protocol !== 'https:')
    throw new RequestProblem(`Expected https but received ${protocol}//${host}.`, asked);
  if (username || password) throw new RequestProblem(`Expected a URL of ${host} without a password.`, asked);
}

function target(location: string | string[] | undefined, from: URL): URL {
  const url = typeof location === 'string' ? URL.parse(location, from.href) : null;
  if (url) return url;
  throw new RequestProblem(
    `Expected a place to go on to from ${from} but received ${location ?? 'nothing'}.`,
  );
}
