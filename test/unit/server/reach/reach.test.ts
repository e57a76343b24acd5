import { test } from 'tap';
import { AnnouncedAddresses } from '../../../../server/reach/announced-addresses.ts';
import { Reach } from '../../../../server/reach/reach.ts';
import { addressInHost } from '../../../../server/reach/viewer-host.ts';
import { eventually } from '../../../fixtures/http.ts';

interface Surroundings {
  readonly announce?: readonly string[];
  readonly isBridgeOnly?: boolean;
  readonly udpPort?: number;
  readonly resolve?: (name: string) => Promise<string>;
  readonly hosts?: Readonly<Record<string, string>>;
  readonly teardown: (close: () => void) => void;
}

function reachWith({ announce = [], isBridgeOnly = false, udpPort = 9000, resolve, hosts = {}, teardown }: Surroundings): { readonly reach: Reach; readonly logged: string[] } {
  const logged: string[] = [];
  const log = { info: (_details: object, message: string) => void logged.push(message), warn: (_details: object, message: string) => void logged.push(message) };
  const announced = new AnnouncedAddresses({ log, ...(resolve === undefined ? {} : { resolve }) }, { announce, udpPort, refreshMs: 5, retryMs: 5 });
  const ownAddresses = () => ({ addresses: isBridgeOnly ? ['172.17.0.2'] : ['192.168.1.10'], isBridgeOnly });
  const reach = new Reach({ announced, log, ownAddresses, hostOf: (peerId) => hosts[peerId] ?? null }, { udpPort, seeder: true });
  reach.start();
  teardown(() => reach.stop());
  return { reach, logged };
}

test('tells every viewer what is announced, each with its port', async (t) => {
  const { reach } = reachWith({ teardown: t.teardown, announce: ['192.168.1.10', '[2001:db8::5]:41000'], isBridgeOnly: true, hosts: { anna: '10.0.0.9:8080' } });
  t.same(reach.announce('anna'), [{ ip: '192.168.1.10', port: 9000 }, { ip: '2001:db8::5', port: 41_000 }]);
  t.match(reach.figures(), { mode: 'announced', udpPort: 9000, announced: [{ given: '192.168.1.10', ip: '192.168.1.10', port: 9000 }, {}] });
  t.same(reach.notices(), []);
});

test('tells later viewers the new address of a name', async (t) => {
  let address = '203.0.113.5';
  const { reach, logged } = reachWith({ teardown: t.teardown, announce: ['home.example.org:41000'], resolve: async () => address });
  await eventually('the name is looked up', () => reach.announce('anna').length === 1);
  t.same(reach.announce('anna'), [{ ip: '203.0.113.5', port: 41_000 }]);
  address = '203.0.113.6';
  await eventually('the new address is told', () => reach.announce('ben')[0]?.ip === '203.0.113.6');
  t.equal(logged.filter((line) => line.includes('has a new address')).length, 2);
});

test('goes on with a name that does not resolve, says so once, and tries again', async (t) => {
  let isOnline = false;
  let tries = 0;
  const resolve = async (): Promise<string> => {
    tries += 1;
    if (!isOnline) throw Object.assign(new Error('offline'), { code: 'EAI_AGAIN' });
    return '203.0.113.5';
  };
  const { reach, logged } = reachWith({ teardown: t.teardown, announce: ['home.example.org', '192.168.1.10'], resolve });
  await eventually('it is tried again', () => tries > 3);
  t.same(reach.announce('anna'), [{ ip: '192.168.1.10', port: 9000 }], 'the others are told');
  t.match(reach.notices(), [{ code: 'announce-unresolved', severity: 'warning', what: /home\.example\.org does not resolve \(the name server does not answer\)/ }]);
  t.equal(logged.filter((line) => line.includes('does not resolve')).length, 1);
  isOnline = true;
  await eventually('it resolves', () => reach.announce('anna').length === 2);
  t.same(reach.notices(), []);
  isOnline = false;
  await eventually('it is missed', () => reach.notices().length === 1);
  t.equal(reach.announce('anna').length, 2, 'and keeps the address it had');
});

test('does not announce what a name must not stand for', async (t) => {
  const { reach } = reachWith({ teardown: t.teardown, announce: ['blocked.example.org'], resolve: async () => '0.0.0.0' });
  await eventually('it is looked up', () => reach.notices().length === 1);
  t.match(reach.notices(), [{ code: 'announce-unresolved', severity: 'problem', what: /every address of a machine/ }]);
  t.same(reach.announce('anna'), []);
});

test('in a bare container tells each viewer the address by which that very viewer came, and the admin what to set', async (t) => {
  const { reach } = reachWith({ teardown: t.teardown, isBridgeOnly: true, hosts: { anna: '192.168.1.10:8080', ben: 'localhost:8080', carla: 'nas.local', dora: '[2001:db8::5]:8080', eva: '0.0.0.0:8080' } });
  t.match(reach.notices(), [{ code: 'announce-unset', action: /such as SWITCH_ANNOUNCE=192\.168\.1\.10, and publish the port: -p 9000:9000\/udp/ }]);
  t.same(reach.announce('anna').map(({ ip }) => ip), ['192.168.1.10', '172.17.0.2']);
  t.same(reach.announce('ben').map(({ ip }) => ip), ['127.0.0.1', '172.17.0.2']);
  t.same(reach.announce('carla'), [], 'a name says nothing');
  t.same(reach.announce('nobody'), []);
  t.same(reach.announce('eva'), [], 'what leads nowhere is told to nobody, and to no admin');
  t.same(reach.announce('dora').map(({ ip }) => ip), ['2001:db8::5', '172.17.0.2']);
  t.equal(reach.figures().mode, 'from-host');
  t.match(reach.notices(), [{ code: 'announce-unset', action: /^Set SWITCH_ANNOUNCE=192\.168\.1\.10,\[2001:db8::5\] \(addresses by which viewers came\)/ }]);
});

test('says that a container needs a port that can be published', async (t) => {
  const { reach } = reachWith({ teardown: t.teardown, isBridgeOnly: true, udpPort: 0, hosts: { anna: '192.168.1.10:8080' } });
  t.same(reach.announce('anna'), []);
  t.match(reach.notices(), [{ code: 'udp-port-unfixed', severity: 'problem' }]);
});

test('says that only this machine reaches its loopback', async (t) => {
  const { reach } = reachWith({ teardown: t.teardown, announce: ['127.0.0.1'] });
  t.match(reach.notices(), [{ code: 'announce-local' }]);
});

test('leaves a machine with addresses of its own alone', async (t) => {
  const { reach } = reachWith({ teardown: t.teardown, hosts: { anna: '192.168.1.77:8080' } });
  t.same(reach.announce('anna'), []);
  t.match(reach.figures(), { mode: 'own-addresses', ownAddresses: ['192.168.1.10'] });
  t.same(reach.notices(), []);
});

test('reads the address in a Host header, and no name', async (t) => {
  const read: readonly (readonly [string | null, string | undefined])[] = [
    ['192.168.1.10:8080', '192.168.1.10'], ['192.168.1.10', '192.168.1.10'], ['[2001:db8::5]:8080', '2001:db8::5'], ['localhost:8080', '127.0.0.1'],
    ['nas.local:8080', undefined], ['', undefined], ['a b', undefined], ['user@192.168.1.10', '192.168.1.10'], [null, undefined],
  ];
  for (const [host, address] of read) t.equal(addressInHost(host), address, String(host));
});
