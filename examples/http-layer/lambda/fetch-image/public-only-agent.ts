import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { RequestProblem } from '../http/request-problem';
import { isPublicAddress } from './public-address';

/** The addresses of a host's name. */
export type Resolve = (host: string) => Promise<LookupAddress[]>;

/**
 * An undici agent that connects to public addresses only. A host's addresses are judged where they are used, between
 * resolving the name and connecting to it, so a name that resolves otherwise a moment later gains nothing.
 *
 * @param options.hosts addresses of host names that need not be public
 * @param options.resolve finds the addresses of all other names; the system does without it
 */
export function publicOnlyAgent(
  options: { readonly hosts?: Readonly<Record<string, string>>; readonly resolve?: Resolve } = {},
): Agent {
  const { resolve = host => lookup(host, { all: true }) } = options;
  const hosts = new Map(Object.entries(options.hosts ?? {}));

  async function publicAddresses(host: string): Promise<LookupAddress[]> {
    const known = hosts.get(host);
    if (known !== undefined) return [{ address: known, family: isIP(known) }];
    const addresses = await resolve(host);
    for (const { address } of addresses) expectPublic(host, address);
    return addresses;
  }

  const connect = buildConnector({
    lookup(host, { all }, callback) {
      publicAddresses(host).then(
        addresses => {
          const [first] = addresses;
          if (all) callback(null, addresses);
          else callback(null, first?.address ?? '', first?.family);
        },
        error => callback(error, []),
      );
    },
  });

  return new Agent({
    // A connection that Lambda froze between two invocations would be dead when it is used again.
    pipelining: 0,
    connect(target, callback) {
      // For an address in place of a name nobody is asked: there is no lookup. IPv6 comes in brackets.
      const host = target.hostname.replace(/^\[(.*)\]$/, '$1');
      try {
        if (isIP(host) !== 0) expectPublic(host, host);
      } catch (error) {
        callback(error as Error, null);
        return;
      }
      connect(target, callback);
    },
  });
}

function expectPublic(host: string, address: string): void {
  if (isPublicAddress(address)) return;
  const where = host === address ? host : `${host}, which is ${address}`;
  throw new RequestProblem(`Expected a server on the public Internet but received ${where}.`, {
    statusCode: 400,
  });
}
