import { test } from 'tap';
import { libjuiceServers } from '../../../../engine/platform/ice-servers.node.ts';

/** Every name is an address. */
const own = { shared: false, addressOf: (host: string) => host };
const stun = { urls: 'stun:stun.example.org:3478' };
const turn = { urls: 'turn:turn.example.org:3478', username: '1700000000:q1Zr', credential: 'a+b/c=' };

test('leaves out what libjuice cannot use, instead of failing to connect', async (t) => {
  t.same(libjuiceServers([
    stun, { ...turn, urls: 'turns:turn.example.org' }, { ...turn, urls: 'turn:turn.example.org?transport=tcp' },
    { urls: 'stuns:stun.example.org' }, { urls: 'stun:' }, { urls: 'stun:[2001:db8::5]:3478' }, { urls: 'turn:without-credentials.example.org' },
  ], own), [stun]);
});

test('keeps a name and a password whole on their way through an address', async (t) => {
  t.same(libjuiceServers([turn], own), [{ urls: turn.urls, username: '1700000000%3Aq1Zr', credential: 'a%2Bb%2Fc%3D' }]);
});

test('asks a TURN server only from a socket of its own', async (t) => {
  t.same(libjuiceServers([stun, turn], { ...own, shared: true }), [stun]);
});

const addressOf = (host: string) => (host === 'stun.example.org' ? '203.0.113.5' : undefined);

test('names a server by its address, and leaves out one whose address is not known', async (t) => {
  t.same(libjuiceServers([stun, turn], { shared: false, addressOf }), [{ urls: 'stun:203.0.113.5:3478' }]);
});
