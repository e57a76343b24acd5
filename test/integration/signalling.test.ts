/** Signalling over real sockets, with the platform's own WebSocket. */
import { connect as connectTcp } from 'node:net';
import { test } from 'tap';

import { SEEDER_PROOF, startSignalling } from '../fixtures/signalling-server.ts';

const A = 'a'.repeat(64);
const B = 'b'.repeat(64);

function id(n: number): string {
  return n.toString(16).padStart(64, '0');
}

function upgrade(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`;
}

/** A text frame of RFC 6455, up to 125 bytes, with a mask of zeros. */
function textFrame(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);
}

test('welcomes a client with an id, a session and the ping interval', async (t) => {
  const server = await startSignalling(t.teardown, { iceServers: { for: () => [{ urls: 'stun:127.0.0.1:3478' }], renewAfterMs: Infinity } });
  const client = await server.connect();
  const welcome = await client.hello();
  t.match(welcome, { version: 1, peerId: /^[\w-]{22}$/, iceServers: [{ urls: 'stun:127.0.0.1:3478' }], pingIntervalMs: 20_000 });
  t.equal(server.hub.figures().sockets, 1);
});

test('tells a client new passwords for the ICE servers before those it has expire', async (t) => {
  let made = 0;
  const server = await startSignalling(t.teardown, {
    hub: { pingIntervalMs: 1_000 },
    iceServers: { for: (peerId) => [{ urls: 'turn:127.0.0.1:3478', username: `${made += 1}:${peerId}`, credential: 'x' }], renewAfterMs: 100 },
  });
  const client = await server.connect();
  const { peerId, iceServers } = await client.hello();
  t.match(iceServers, [{ username: `1:${peerId}` }]);
  t.match(await client.next('ice-servers'), { iceServers: [{ username: `2:${peerId}` }] });
  t.match(await client.next('ice-servers'), { iceServers: [{ username: `3:${peerId}` }] });
});

test('wants hello first, once, and in a version it speaks', async (t) => {
  const server = await startSignalling(t.teardown);
  const client = await server.connect();
  client.send({ type: 'join', contentId: A, havePermille: 0, wantPeers: 1 });
  t.match(await client.next('error'), { code: 'hello-first', re: 'join' });
  await client.hello();
  client.send({ type: 'hello', version: 1 });
  t.match(await client.next('error'), { code: 'bad-message', re: 'hello' });

  const newer = await server.connect();
  newer.send({ type: 'hello', version: 2 });
  t.match(await newer.next('error'), { code: 'unsupported-version', field: 'version' });
  t.equal(await newer.closed, 1008);
});

test('closes a socket that never says hello', async (t) => {
  const server = await startSignalling(t.teardown, { hub: { helloTimeoutMs: 20, pingIntervalMs: 100 } });
  const client = await server.connect();
  t.equal(await client.closed, 1008);
});

test('tells a client who joins about those who are there', async (t) => {
  const server = await startSignalling(t.teardown);
  const one = await server.hello();
  const two = await server.hello();
  t.same(await one.join(A, 1000), []);
  t.same(await two.join(A, 200), [{ peerId: one.peerId, role: 'viewer', havePermille: 1000 }]);
  one.send({ type: 'update', contentId: A, havePermille: 400 });
  await one.settled();
  two.send({ type: 'find', contentId: A, wantPeers: 5 });
  t.same(await two.next('peers'), { type: 'peers', contentId: A, peers: [{ peerId: one.peerId, role: 'viewer', havePermille: 400 }], total: 1 });
  one.send({ type: 'leave', contentId: A });
  await one.settled();
  two.send({ type: 'find', contentId: A, wantPeers: 5 });
  t.same((await two.next('peers')).peers, []);
});

test('tells those who lack pieces at once when somebody comes who holds all, or comes to hold all', async (t) => {
  const server = await startSignalling(t.teardown);
  const [empty, half] = await Promise.all([server.hello(), server.hello()]);
  await empty.join(A, 0);
  await half.join(A, 500);
  const seeder = await server.hello({ seederProof: SEEDER_PROOF });
  await seeder.join(A, 1000, 0);
  for (const client of [empty, half]) {
    t.same(await client.next('peers'), { type: 'peers', contentId: A, peers: [{ peerId: seeder.peerId, role: 'seeder', havePermille: 1000 }], total: 2 });
  }
  half.send({ type: 'update', contentId: A, havePermille: 1000 });
  t.same((await empty.next('peers')).peers, [{ peerId: half.peerId, role: 'viewer', havePermille: 1000 }]);
  half.send({ type: 'update', contentId: A, havePermille: 1000 });
  await half.settled();
  await empty.settled();
  for (const client of [empty, half, seeder]) t.same(client.inbox, []);
});

test('keeps a peer id for whoever shows its session, and closes the older socket', async (t) => {
  const server = await startSignalling(t.teardown);
  const other = await server.hello();
  const first = await server.hello();
  await first.join(A, 500);
  const again = await server.hello({ session: first.session });
  t.equal(again.peerId, first.peerId);
  t.equal(await first.closed, 4001);
  t.same(await other.join(A), [], 'the older socket left its swarms');
  t.same(await again.join(A, 500), [{ peerId: other.peerId, role: 'viewer', havePermille: 0 }]);
  other.send({ type: 'signal', to: again.peerId, connectionId: '1', signal: { kind: 'offer', sdp: 'x' } });
  t.match(await again.next('signal'), { from: other.peerId });
});

test('gives a new id to a session it did not sign', async (t) => {
  const server = await startSignalling(t.teardown);
  const victim = await server.hello();
  for (const session of ['', 'x', `${victim.peerId}.`, `${victim.peerId}.${'A'.repeat(43)}`, victim.session.slice(0, -1), `${victim.session}x`]) {
    const thief = await server.hello({ session });
    t.not(thief.peerId, victim.peerId, session);
  }
  await victim.settled();
});

test('sessions hold over a restart with the same secret', async (t) => {
  const before = await startSignalling(t.teardown);
  const { session, peerId } = await before.hello();
  const after = await startSignalling(t.teardown);
  t.equal((await after.hello({ session })).peerId, peerId);
  const stranger = await startSignalling(t.teardown, { secret: 'another' });
  t.not((await stranger.hello({ session })).peerId, peerId);
});

test('makes a seeder only of who proves it', async (t) => {
  const server = await startSignalling(t.teardown);
  const viewer = await server.hello();
  const liar = await server.connect();
  liar.send({ type: 'hello', version: 1, seederProof: `${SEEDER_PROOF}x` });
  t.match(await liar.next('error'), { code: 'forbidden', field: 'seederProof' });
  await liar.hello();
  const seeder = await server.hello({ seederProof: SEEDER_PROOF });
  await liar.join(A, 300);
  await seeder.join(A, 1000);
  t.same(new Set((await viewer.join(A)).map(({ peerId, role }) => `${peerId} ${role}`)), new Set([`${seeder.peerId} seeder`, `${liar.peerId} viewer`]));
  t.same(server.hub.figures().swarms, [{ contentId: A, viewers: 2, seeders: 1 }]);
});

test('relays signals between two who share a swarm, and to nobody else', async (t) => {
  const server = await startSignalling(t.teardown);
  const [one, two, far] = await Promise.all([server.hello(), server.hello(), server.hello()]);
  await one.join(A);
  await two.join(A);
  await far.join(B);
  one.send({ type: 'signal', to: two.peerId, connectionId: 'c1', signal: { kind: 'offer', sdp: 'v=0' } });
  t.same(await two.next('signal'), { type: 'signal', from: one.peerId, role: 'viewer', connectionId: 'c1', signal: { kind: 'offer', sdp: 'v=0' } });
  two.sendRaw(JSON.stringify({ type: 'signal', to: one.peerId, connectionId: 'c1', signal: { kind: 'candidate', candidate: 'x', mid: '0', extra: [1] } }));
  t.same((await one.next('signal')).signal, { kind: 'candidate', candidate: 'x', mid: '0' }, 'without what the protocol does not know');
  for (const to of [far.peerId, one.peerId, 'A'.repeat(22)]) {
    one.send({ type: 'signal', to, connectionId: 'c2', signal: { kind: 'refuse', reason: 'full' } });
    t.match(await one.next('error'), { code: 'peer-gone', to, re: 'signal' });
  }
  two.close();
  await two.closed;
  one.send({ type: 'signal', to: two.peerId, connectionId: 'c1', signal: { kind: 'answer', sdp: 'v=0' } });
  t.match(await one.next('error'), { code: 'peer-gone', to: two.peerId });
  await far.settled();
  t.same(far.inbox, []);
});

test('names the field of a bad message', async (t) => {
  const server = await startSignalling(t.teardown, { hub: { maxFaultsPerMinute: 100 } });
  const client = await server.hello();
  const cases: readonly [string | object, object][] = [
    ['{', { code: 'bad-message' }],
    ['[]', { code: 'bad-message' }],
    [{}, { field: 'type' }],
    [{ type: 'dance' }, { field: 'type' }],
    [{ type: 'join', contentId: 'A'.repeat(64), havePermille: 0, wantPeers: 1 }, { field: 'contentId', re: 'join' }],
    [{ type: 'join', contentId: A, havePermille: 1001, wantPeers: 1 }, { field: 'havePermille', re: 'join' }],
    [{ type: 'join', contentId: A, wantPeers: 1 }, { field: 'havePermille', re: 'join' }],
    [{ type: 'signal', to: 'x', connectionId: '1', signal: { kind: 'refuse', reason: '' } }, { field: 'to', re: 'signal' }],
    [{ type: 'signal', to: 'A'.repeat(22), connectionId: '1', signal: { kind: 'candidate', candidate: '' } }, { field: 'signal.mid', re: 'signal' }],
    [{ type: 'signal', to: 'A'.repeat(22), connectionId: '1', signal: { kind: 'wave' } }, { field: 'signal.kind', re: 'signal' }],
    [{ type: 'signal', to: 'A'.repeat(22), connectionId: '1' }, { field: 'signal', re: 'signal' }],
    [{ type: 'update', contentId: A, havePermille: 1 }, { code: 'not-joined', re: 'update', contentId: A }],
  ];
  for (const [frame, expected] of cases) {
    client.sendRaw(typeof frame === 'string' ? frame : JSON.stringify(frame));
    t.match(await client.next('error'), expected, JSON.stringify(frame));
  }
  client.sendRaw(new Uint8Array([1, 2, 3]));
  t.match(await client.next('error'), { code: 'bad-message', message: /binary/ });
});

test('closes a socket after ten bad messages, and one that sends a frame too large', async (t) => {
  const server = await startSignalling(t.teardown);
  const client = await server.hello();
  for (let i = 0; i < 10; i += 1) client.sendRaw('nonsense');
  for (let i = 0; i < 10; i += 1) t.match(await client.next('error'), { code: 'bad-message' });
  await client.join(A);
  client.sendRaw('nonsense');
  t.equal(await client.closed, 1008);

  const large = await server.hello();
  large.sendRaw(JSON.stringify({ type: 'pong', padding: 'x'.repeat(17_000) }));
  t.equal(await large.closed, 1009);
  t.same((await server.hello()).inbox, [], 'and goes on serving others');
});

test('takes a burst and then only the rate', async (t) => {
  const server = await startSignalling(t.teardown, { hub: { messagesPerSecond: 1, messageBurst: 5 } });
  const client = await server.hello();
  for (let i = 0; i < 4; i += 1) client.send({ type: 'pong' });
  client.send({ type: 'pong' });
  t.match(await client.next('error'), { code: 'rate-limited' });
  for (let i = 0; i < 10; i += 1) client.send({ type: 'pong' });
  t.equal(await client.closed, 1008, 'and closes who does not stop');
});

test('bounds the swarms of a client and of the appliance', async (t) => {
  const server = await startSignalling(t.teardown, { hub: { maxRooms: 1030, maxMembersPerRoom: 2, messageBurst: 5000 } });
  const client = await server.hello();
  for (let n = 0; n < 1024; n += 1) client.send({ type: 'join', contentId: id(n), havePermille: 0, wantPeers: 0 });
  client.send({ type: 'join', contentId: id(5000), havePermille: 0, wantPeers: 0 });
  t.match(await client.next('error'), { code: 'too-many-swarms', contentId: id(5000) });
  client.send({ type: 'leave', contentId: id(0) });
  client.send({ type: 'join', contentId: id(5000), havePermille: 0, wantPeers: 0 });
  await client.settled();
  t.equal(server.hub.figures().swarmsTotal, 1024);
  t.equal(server.hub.figures().swarms.length, 100);

  const second = await server.hello();
  for (let n = 0; n < 7; n += 1) second.send({ type: 'join', contentId: id(9000 + n), havePermille: 0, wantPeers: 0 });
  t.match(await second.next('error'), { code: 'too-many-swarms', contentId: id(9006) });
  await second.join(id(1));
  const third = await server.hello();
  third.send({ type: 'join', contentId: id(1), havePermille: 0, wantPeers: 0 });
  t.match(await third.next('error'), { code: 'too-many-swarms', contentId: id(1) });
  client.close();
  second.close();
  await third.settled();
  await Promise.all([client.closed, second.closed]);
  await third.settled();
  t.same(server.hub.figures().swarms, [], 'rooms end with their last member');
});

test('sends clients above the bound away, with a time to come back', async (t) => {
  const server = await startSignalling(t.teardown, { hub: { maxSockets: 1 } });
  const first = await server.hello();
  const second = await server.connect();
  t.match(await second.next('closing'), { retryAfterMs: Number });
  t.equal(await second.closed, 1013);
  await first.settled();
});

test('pings, and cuts a socket that stays silent for two', async (t) => {
  const server = await startSignalling(t.teardown, { hub: { pingIntervalMs: 100 } });
  const [silent, lively] = await Promise.all([server.hello(), server.hello()]);
  await silent.join(A);
  let pings = 0;
  const answering = (async () => {
    for (; pings < 6; pings += 1) {
      await lively.next('ping');
      lively.send({ type: 'pong' });
    }
  })();
  t.equal(await silent.closed, 1006);
  // On a real clock a third may just be due; the hub's own test counts them on a clock of its own.
  t.ok(silent.inbox.filter(({ type }) => type === 'ping').length >= 2);
  await answering;
  t.same(await lively.join(A), [], 'it left its swarms');
});

test('says goodbye with a time to come back when the appliance stops', async (t) => {
  const server = await startSignalling(t.teardown);
  const clients = await Promise.all([server.hello(), server.hello(), server.hello()]);
  await server.close();
  const delays = new Set<number>();
  for (const client of clients) {
    const { retryAfterMs } = await client.next('closing');
    t.ok(retryAfterMs >= 500 && retryAfterMs <= 3000);
    delays.add(retryAfterMs);
    t.equal(await client.closed, 1012);
  }
  t.ok(delays.size > 1, 'not everybody at once');
});

test('stops within two seconds though a client does not answer the goodbye', async (t) => {
  const server = await startSignalling(t.teardown);
  const { hostname, port } = new URL(server.url);
  const socket = connectTcp(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.write(upgrade('/signalling'));
  await new Promise<void>((resolve) => socket.once('data', () => resolve()));
  socket.pause();
  const startedMs = performance.now();
  await server.close();
  t.ok(performance.now() - startedMs < 2000);
  socket.destroy();
});

test('closes the connection of an upgrade asked of another route', async (t) => {
  const server = await startSignalling(t.teardown);
  for (const path of ['/elsewhere', '/nowhere']) {
    const { hostname, port } = new URL(server.url);
    const socket = connectTcp(Number(port), hostname);
    let answer = '';
    socket.on('data', (data) => (answer += data.toString('latin1')));
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.write(upgrade(path));
    await closed;
    t.match(answer, path === '/elsewhere' ? /\r\n\r\n\x88/ : /^HTTP\/1.1 404/, 'a close frame, or no WebSocket at all');
  }
  const plain = await fetch(`${server.url}/signalling`);
  t.equal(plain.status, 400);
  await plain.text();
});

test('tells the seeder when a swarm gets its first viewer and loses its last', async (t) => {
  const server = await startSignalling(t.teardown);
  const seen: string[] = [];
  server.hub.onRoomActive((contentId) => seen.push(`active ${contentId[0]}`));
  const stop = server.hub.onRoomIdle((contentId) => seen.push(`idle ${contentId[0]}`));
  const seeder = await server.hello({ seederProof: SEEDER_PROOF });
  await seeder.join(B, 1000);
  const [one, two] = await Promise.all([server.hello(), server.hello()]);
  await one.join(A);
  await two.join(A);
  await two.join(B);
  t.same(server.hub.activeRooms(), [B, A]);
  one.send({ type: 'leave', contentId: A });
  await one.settled();
  two.send({ type: 'leave', contentId: A });
  await two.settled();
  stop();
  two.send({ type: 'leave', contentId: B });
  await two.settled();
  t.same(seen, ['active a', 'active b', 'idle a']);
  t.same(server.hub.activeRooms(), []);
});

test('cuts a client that does not read what it is sent', async (t) => {
  const server = await startSignalling(t.teardown, { hub: { maxBufferedBytes: 64 * 1024, messageBurst: 100_000 } });
  const { hostname, port } = new URL(server.url);
  const slow = connectTcp(Number(port), hostname);
  slow.on('error', () => undefined);
  slow.write(upgrade('/signalling'));
  await new Promise<void>((resolve) => slow.once('data', () => resolve()));
  slow.pause();
  slow.write(textFrame('{"type":"hello","version":1}'));
  const request = textFrame(JSON.stringify({ type: 'leave', contentId: A }));
  const closed = new Promise<void>((resolve) => slow.once('close', () => resolve()));
  const flood = setInterval(() => slow.write(Buffer.concat(Array.from({ length: 200 }, () => request))), 1);
  await closed;
  clearInterval(flood);
  t.equal(server.hub.figures().sockets, 0);
});
