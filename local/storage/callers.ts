import type { IncomingHttpHeaders } from 'node:http';

/** The names of this machine; `[::1]` is used through a forwarded port. */
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

const PAGES_THAT_MAY_CALL = [undefined, 'same-origin', 'none'];

/**
 * Why a request is refused, in a sentence; undefined when it is not. Signatures are not checked, so any web page in
 * this machine's browser could read and delete everything. Two checks prevent that:
 *
 * - `Host` is this machine or `<bucket>.localhost`, which no name server answers. A page whose own name resolves to
 *   127.0.0.1 (DNS rebinding) has that name in `Host`.
 * - `Origin` and `Sec-Fetch-Site`, which a page cannot set, name this endpoint, if they are there. Another port is
 *   another origin. Programs other than browsers send neither.
 */
export function whyForeign(headers: IncomingHttpHeaders): string | undefined {
  const { host = '', origin, 'sec-fetch-site': site } = headers;
  if (!LOOPBACK.includes(nameOf(host)) && bucketOfHost(host) === undefined) {
    return `Expected localhost, 127.0.0.1 or <bucket>.localhost for Host but received ${host || 'none'}.`;
  }
  if (origin !== undefined && origin !== `http://${host.toLowerCase()}`) {
    return `Expected no web page of another origin but received a request of ${origin}.`;
  }
  if (!PAGES_THAT_MAY_CALL.includes(site as string | undefined)) {
    return `Expected no web page of another origin but received a request that is ${site}.`;
  }
  return undefined;
}

/** The bucket in `<bucket>.localhost:4566`; undefined where the path names it. */
export function bucketOfHost(host: string): string | undefined {
  return /^([a-z0-9][a-z0-9.-]+[a-z0-9])\.localhost$/.exec(nameOf(host))?.[1];
}

/** Without the port. */
function nameOf(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '');
}
