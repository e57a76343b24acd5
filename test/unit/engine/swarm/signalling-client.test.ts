import { test } from 'tap';
import { CLOSE_REPLACED } from '../../../../engine/protocol/signalling.ts';
import { SignallingClient } from '../../../../engine/swarm/signalling-client.ts';
import { eventually } from '../../../fixtures/peer-pair.ts';
import { scripted } from '../../../fixtures/scripted-signalling.ts';
import { startSignalling } from '../../../fixtures/signalling-server.ts';

const A = 'a'.repeat(64);
const B = 'b'.repeat(64);

test('says hello, and everything that is wanted after the welcome', async (t) => {
  const { client, socket } = scripted(t, { seederProof: 'proof' });
  client.join(A, 10, 4);
  client.waitForCdn(A);
  const first = await socket(0);
  first.opens();
  t.same(first.said, [{ type: 'hello', version: 1, seederProof: 'proof' }]);
  first.welcomes();
  t.same(first.said.slice(2), [{ type: 'join', contentId: A, havePermille: 10, wantPeers: 4 }, { type: 'wait-for-cdn', contentId: A }]);
  t.equal(client.peerId, 'me');
});

test('comes back with its session, joins and waits again, and says what was meant for a peer meanwhile', async (t) => {
  const { client, socket, states } = scripted(t);
  const first = await socket(0);
  first.welcomes();
  client.join(A, 0, 4);
  client.join(B, 0, 4);
  client.waitForCdn(A);
  client.leave(B);
  first.ends();
  client.update(A, 700);
  client.signal('other', 'c1', { kind: 'refuse', reason: 'full' });
  const second = await socket(1);
  second.welcomes();
  t.same(second.said, [
    { type: 'hello', version: 1, session: 'secret' },
    { type: 'join', contentId: A, havePermille: 700, wantPeers: 4 },
    { type: 'wait-for-cdn', contentId: A },
    { type: 'signal', to: 'other', connectionId: 'c1', signal: { kind: 'refuse', reason: 'full' } },
  ]);
  t.same(states, ['connecting', 'connected', 'connecting', 'connected']);
  t.ok(first.closed);
});

test('drops signals kept for a peer id that is not ours any more', async (t) => {
  const { client, socket } = scripted(t);
  const first = await socket(0);
  first.welcomes();
  first.ends();
  client.signal('other', 'c1', { kind: 'refuse', reason: 'full' });
  const second = await socket(1);
  second.welcomes({ peerId: 'another' });
  t.same(second.said.map(({ type }) => type), ['hello']);
});

test('retries the first time within a quarter of a second, and then less and less often', async (t) => {
  const { sockets, socket } = scripted(t, {}, () => 0.02);
  const startedMs = performance.now();
  for (let index = 0; index < 4; index += 1) (await socket(index)).ends();
  await socket(4);
  t.ok(performance.now() - startedMs >= 0.02 * (250 + 500 + 1_000 + 2_000) - 5);
  t.equal(sockets.length, 5);
});

test('takes a silent server for gone', async (t) => {
  const { sockets, socket } = scripted(t);
  const first = await socket(0);
  first.welcomes({ pingIntervalMs: 1 });
  await socket(1);
  t.ok(first.closed);
  t.equal(sockets.length, 2);
});

test('answers pings', async (t) => {
  const { socket } = scripted(t);
  const first = await socket(0);
  first.welcomes();
  first.says({ type: 'ping' });
  t.same(first.said.at(-1), { type: 'pong' });
});

test('comes back as late as a closing server says', async (t) => {
  const { sockets, socket } = scripted(t);
  const first = await socket(0);
  first.welcomes();
  first.says({ type: 'closing', retryAfterMs: 120 });
  const closedMs = performance.now();
  first.ends();
  await socket(1);
  t.ok(performance.now() - closedMs >= 115);
  t.equal(sockets.length, 2);
});

test('gives its session up to who claimed it', async (t) => {
  const { socket } = scripted(t);
  const first = await socket(0);
  first.welcomes();
  first.ends(CLOSE_REPLACED);
  const second = await socket(1);
  second.opens();
  t.same(second.said, [{ type: 'hello', version: 1 }]);
});

test('skips what it does not know or cannot trust', async (t) => {
  const { socket, heard, client } = scripted(t);
  const first = await socket(0);
  first.welcomes({ iceServers: [{ urls: 'stun:host:1' }, { urls: 'http://evil' }, 7, { urls: 'turn:host:1' }] });
  t.same(client.iceServers, [{ urls: 'stun:host:1' }]);
  for (const bad of ['', '{', '[]', 'null', { type: 'later' }, { type: 'peers', contentId: 'x', peers: [], total: 0 },
    { type: 'signal', from: 'a', role: 'boss', connectionId: 'c', signal: { kind: 'offer', sdp: '' } },
    { type: 'signal', from: 'a', role: 'viewer', connectionId: 'c', signal: { kind: 'odd' } },
    { type: 'grant', contentId: A, token: '', expiresInMs: 5 }, { type: 'queued', contentId: A, position: -1 }, 'x'.repeat(20_000)]) first.says(bad);
  t.same(heard, []);
  first.says({ type: 'peers', contentId: A, total: 3, peers: [{ peerId: 'p', role: 'viewer', havePermille: 2_000 }, { peerId: 4 }] });
  t.same(heard, [{ type: 'peers', contentId: A, total: 3, peers: [{ peerId: 'p', role: 'viewer', havePermille: 1_000 }] }]);
});

test('takes new passwords for TURN servers while it stays connected', async (t) => {
  const { socket, heard, client } = scripted(t);
  const first = await socket(0);
  const old = { urls: 'turn:host:1', username: '1:me', credential: 'x' };
  const fresh = { ...old, username: '2:me' };
  first.welcomes({ iceServers: [old] });
  first.says({ type: 'ice-servers', iceServers: [fresh, { urls: 'turn:host:1' }] });
  t.same(client.iceServers, [fresh]);
  first.says({ type: 'ice-servers', iceServers: 'none' });
  t.same(client.iceServers, [fresh]);
  t.same(heard, [], 'which is no one else\'s business');
});

test('tries a refused join again, and lets a refused wait be repeated', async (t) => {
  const { socket, client } = scripted(t);
  const first = await socket(0);
  first.welcomes();
  client.join(A, 0, 1);
  client.waitForCdn(A);
  first.says({ type: 'error', code: 'not-queued', message: 'full', re: 'wait-for-cdn', contentId: A });
  client.waitForCdn(A);
  t.equal(first.said.filter(({ type }) => type === 'wait-for-cdn').length, 2);
  first.says({ type: 'error', code: 'too-many-swarms', message: 'full', re: 'join', contentId: A });
  await eventually(() => first.said.filter(({ type }) => type === 'join').length === 2, 'the join is tried again', 5_000);
});

test('keeps its peer id with the real server over a cut socket', async (t) => {
  const server = await startSignalling(t.teardown);
  const sockets: WebSocket[] = [];
  const client = new SignallingClient({ connect: (url) => {
    const socket = new WebSocket(url);
    sockets.push(socket);
    return socket;
  }, now: () => performance.now(), random: Math.random }, { url: `${server.url.replace('http', 'ws')}/signalling` });
  t.teardown(() => client.stop());
  client.start({ onState: () => undefined, onMessage: () => undefined });
  client.join(A, 0, 1);
  await eventually(() => client.state === 'connected', 'connected');
  const { peerId } = client;
  sockets[0]?.close();
  await eventually(() => sockets.length === 2 && client.state === 'connected', 'connected again');
  t.equal(client.peerId, peerId);
  await eventually(() => server.hub.figures().swarmsTotal === 1, 'the swarm is joined again');
});
