import type { IncomingHttpHeaders } from 'node:http';

/** Programs of this machine reach us by these; `[::1]` through a forwarded port. */
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

const PAGES_THAT_MAY_CALL = [undefined, 'same-origin', 'none'];

/**
 * Says in a sentence why a request is refused; undefined when it may pass. Nobody signs requests here, so a web page
 * that the browser of this machine has open could read and delete everything. Two things hold it off:
 *
 * - The name in `Host` is loopback's, or `<bucket>.localhost`, which no name server answers. A page may have its own
 *   name resolve to 127.0.0.1 (DNS rebinding), but cannot hide that name.
 * - `Origin` and `Sec-Fetch-Site`, which a page cannot set, say that the page came from this endpoint itself. A page
 *   from another port of this machine is another origin. Other programs send neither header.
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
