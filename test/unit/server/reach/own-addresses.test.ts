import type { NetworkInterfaceInfo } from 'node:os';
import { test } from 'tap';
import { ownAddresses } from '../../../../server/reach/own-addresses.ts';

function at(...cidrs: readonly string[]): { readonly eth0: NetworkInterfaceInfo[] } {
  return { eth0: cidrs.map((cidr) => {
    const [address = ''] = cidr.split('/');
    const rest = { address, netmask: '', mac: '', internal: address.startsWith('127.'), cidr };
    return address.includes(':') ? { ...rest, family: 'IPv6', scopeid: 0 } : { ...rest, family: 'IPv4' };
  }) };
}

const inContainer = (path: string): boolean => path === '/.dockerenv';

function isBridgeOnly(exists: (path: string) => boolean, ...cidrs: readonly string[]): boolean {
  return ownAddresses({ exists, interfaces: () => at(...cidrs) }).isBridgeOnly;
}

test('knows a container that sees only its bridge', async (t) => {
  for (const cidr of ['172.17.0.2/16', '172.31.0.9/16', '192.168.16.2/20', '10.88.0.4/16', '10.89.0.4/24', '10.0.2.100/24']) {
    t.ok(isBridgeOnly(inContainer, '127.0.0.1/8', cidr, 'fd00::2/64'), cidr);
    t.ok(isBridgeOnly((path) => path === '/run/.containerenv', cidr), `${cidr} with Podman`);
  }
});

test('takes nothing for a bridge outside a container, and no address of a house for one', async (t) => {
  t.notOk(isBridgeOnly(() => false, '172.17.0.2/16'), 'no container');
  t.notOk(isBridgeOnly(inContainer, '192.168.1.10/24'), 'on a macvlan');
  t.notOk(isBridgeOnly(inContainer, '172.20.1.10/24'), 'a house that uses the same range');
  t.notOk(isBridgeOnly(inContainer, '172.17.0.1/16', '192.168.1.10/24'), 'on the network of the host');
  t.notOk(isBridgeOnly(inContainer, '127.0.0.1/8'), 'without a network');
});

test('lists the addresses others may use, IPv4 first', async (t) => {
  const { addresses } = ownAddresses({ exists: () => false, interfaces: () => at('2001:db8::5/64', 'fe80::1/64', '127.0.0.1/8', '192.168.1.10/24') });
  t.same(addresses, ['192.168.1.10', '2001:db8::5']);
});
