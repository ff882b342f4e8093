import { BlockList, isIP, isIPv6 } from 'node:net';

/**
 * What is not for everyone on the Internet, or not one machine's address.
 * https://www.iana.org/assignments/iana-ipv4-special-registry
 */
const IPV4_SPECIAL = [
  '0.0.0.0/8', // this host
  '10.0.0.0/8', // private
  '100.64.0.0/10', // behind a provider's NAT
  '127.0.0.0/8', // loopback
  '169.254.0.0/16', // link-local: 169.254.169.254 gives out credentials
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocols
  '192.0.2.0/24', // documentation
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16', // private
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, and broadcast
];

/** Only this is global unicast; loopback, link-local, ULA, multicast and IPv4-mapped are outside of it. */
const IPV6_GLOBAL = '2000::/3';

/** https://www.iana.org/assignments/iana-ipv6-special-registry */
const IPV6_SPECIAL = [
  '2001::/23', // protocols, Teredo among them, which holds an IPv4 address
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4, which holds an IPv4 address
  '3fff::/20', // documentation
];

const special = blockList([...IPV4_SPECIAL, ...IPV6_SPECIAL]);
const global = blockList([IPV6_GLOBAL]);

/**
 * Whether an address belongs to the public Internet.
 *
 * @param address an IPv4 or IPv6 address in the form that the system connects to; anything else is not public
 */
export function isPublicAddress(address: string): boolean {
  // A zone (`fe80::1%eth0`) is for a network of this machine.
  if (isIP(address) === 0 || address.includes('%')) return false;
  if (!isIPv6(address)) return !special.check(address, 'ipv4');
  return global.check(address, 'ipv6') && !special.check(address, 'ipv6');
}

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    list.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4');
  }
  return list;
}
