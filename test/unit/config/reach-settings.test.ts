import { test } from 'tap';
import { readAnnounced, reasonAgainstAnnounced } from '../../../config/announced-address.ts';
import { ConfigError } from '../../../config/config-error.ts';
import { reasonAgainstIceServer } from '../../../config/ice-server.ts';
import { loadConfig } from '../../../config/load.ts';

function problems(env: Readonly<Record<string, string>>): readonly string[] {
  try {
    loadConfig([], { env });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test('takes addresses and names, each with or without a port', async (t) => {
  const read = ['192.168.1.10', '203.0.113.5:41000', '[2001:db8::5]', '[2001:db8::5]:41000', 'home.example.org', 'nas:9001', '9front.org', 'my_nas.local'];
  for (const item of read) t.equal(reasonAgainstAnnounced(item), undefined, item);
  t.same(read.slice(0, 6).map((item) => readAnnounced(item)), [
    { host: '192.168.1.10', isName: false, port: undefined }, { host: '203.0.113.5', isName: false, port: 41000 },
    { host: '2001:db8::5', isName: false, port: undefined }, { host: '2001:db8::5', isName: false, port: 41000 },
    { host: 'home.example.org', isName: true, port: undefined }, { host: 'nas', isName: true, port: 9001 },
  ]);
});

const REFUSED: readonly (readonly [item: string, why: RegExp])[] = [
  ['192.168.x.x', /only a pattern of an address/], ['192.168.1', /not a whole IPv4 address/], ['192.168.1.300', /not a whole IPv4 address/],
  ['192.168.01.5', /not a whole IPv4 address/], ['10', /not a whole IPv4 address/], ['host.7', /not a whole IPv4 address/],
  ['0.0.0.0', /every address of a machine/], ['[::]', /every address of a machine/], ['[0:0::0]', /every address of a machine/],
  ['224.0.0.251', /multicast/], ['[ff02::fb]', /multicast/], ['255.255.255.255', /broadcast/], ['250.1.2.3', /nobody may use/],
  ['[fe80::1%eth0]', /has a zone/], ['[fe80::1]', /one cable/], ['2001:db8::5', /in brackets: \[2001:db8::5\]/], ['[::ffff:192.168.1.1]', /write it as IPv4/],
  ['[2001:db8]', /not an IPv6 address/], ['192.168.1.10:0', /port 0 of 192\.168\.1\.10/], ['nas:70000', /port 70000 of nas/], ['nas:', /empty port/],
  ['https://home.example.org', /looks like a web address/], ['192.168.1.0/24', /looks like a web address or a network/],
  ['', /empty/], ['two words', /neither an address nor a name/], ['-nas', /neither/], [`${'a'.repeat(64)}.org`, /neither/],
];

test('refuses an address that cannot be, and says why', async (t) => {
  for (const [item, why] of REFUSED) t.match(reasonAgainstAnnounced(item) ?? 'taken', why, item);
  t.same(problems({ SWITCH_ANNOUNCE: 'home.example.org,192.168.x.x' }), [
    'SWITCH_ANNOUNCE is "home.example.org,192.168.x.x"; 192.168.x.x is only a pattern of an address; put this machine\'s own numbers in it; it must be addresses or names '
    + 'separated by commas, each with a port where it is not udpPort, such as 192.168.1.10,home.example.org,203.0.113.5:41000.',
  ]);
});

test('refuses a STUN or TURN server that cannot be, and says why', async (t) => {
  for (const item of ['stun:stun.example.org', 'turn:turn.example.org:3478?transport=tcp', 'turns:[2001:db8::5]:5349']) t.equal(reasonAgainstIceServer(item), undefined, item);
  const refused: readonly (readonly [string, RegExp])[] = [
    ['stun.example.org', /does not begin with/], ['stun://stun.example.org', /has slashes/], ['turn:me:secret@turn.example.org', /of its own from turnSecret/],
    ['turn:turn.example.org:0', /port 0/], ['stun:stun.example.org?transport=udp', /names a transport/], ['turn:', /not a server such as/],
  ];
  for (const [item, why] of refused) t.match(reasonAgainstIceServer(item) ?? 'taken', why, item);
});

test('refuses settings that contradict each other', async (t) => {
  t.match(problems({ SWITCH_ICE_SERVERS: 'turn:turn.example.org' }), [/SWITCH_TURN_SECRET is not set/]);
  t.match(problems({ SWITCH_TURN_SECRET: 'hush', SWITCH_ICE_SERVERS: 'stun:stun.example.org' }), [/names no TURN server/]);
  t.match(problems({ SWITCH_ANNOUNCE: '192.168.1.10', SWITCH_UDP_PORT: '0' }), [/SWITCH_UDP_PORT is 0/]);
  t.same(problems({ SWITCH_ICE_SERVERS: 'turn:turn.example.org', SWITCH_TURN_SECRET: 'hush', SWITCH_ANNOUNCE: '192.168.1.10' }), []);
});
