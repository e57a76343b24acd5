import { test } from 'tap';
import { ClientIceServers, turnCredential } from '../../../../server/reach/client-ice-servers.ts';

const NOW_MS = 1_700_000_000_900;

test('makes the password that coturn makes', async (t) => {
  // printf '1433895918:georges' | openssl dgst -sha1 -hmac north -binary | base64
  t.same(turnCredential('north', 'georges', 1_433_895_918), { username: '1433895918:georges', credential: 'ItfhBHRyGG4sGPFbv2Vj9FQxjd0=' });
});

test('gives each client a password of its own for TURN, and none for STUN', async (t) => {
  const servers = new ClientIceServers({ now: () => NOW_MS }, { iceServers: ['stun:s.example.org', 'turn:t.example.org', 'turns:t.example.org:5349'], turnSecret: 'north', lifetimeMs: 3_600_000 });
  const [stun, turn, turns] = servers.for('anna');
  t.same(stun, { urls: 'stun:s.example.org' });
  t.match(turn, { urls: 'turn:t.example.org', username: '1700003600:anna', credential: /^[\w+/]{27}=$/ });
  t.match(turns, { urls: 'turns:t.example.org:5349', username: '1700003600:anna' });
  t.not(servers.for('ben')[1]?.credential, turn?.credential);
  t.equal(servers.renewAfterMs, 1_800_000, 'told anew long before it expires');
});

test('has nothing to renew without a TURN server', async (t) => {
  t.equal(new ClientIceServers({ now: () => NOW_MS }, { iceServers: ['stun:s.example.org'], turnSecret: undefined }).renewAfterMs, Infinity);
});
