/** Peers that break the protocol, stall, flood or ask for what they may not have. */
import { test, type Test } from 'tap';
import { MAX_REQUEST_BYTES, MAX_WIRE_MESSAGE_BYTES, WIRE_BLOCK_BYTES } from '../../engine/protocol/limits.ts';
import { MAX_MESSAGES_PER_S, MAX_OUTSTANDING_BLOCKS, MAX_QUEUED_BLOCKS, MAX_STRIKES } from '../../engine/swarm/timings.ts';
import { eventually, MemoryPieces } from '../fixtures/peer-pair.ts';
import { RAW_TOPIC, RawPeer, type RawPeerOptions } from '../fixtures/raw-peer.ts';
import { sampleContent } from '../fixtures/sample-content.ts';

const content = sampleContent(3 * 256 * 1024 + 1_000);
const { contentId } = content.manifest;
const { signal: never } = new AbortController();

function rawPeer(t: Test, pieces: MemoryPieces, options?: RawPeerOptions): RawPeer {
  const raw = new RawPeer(contentId, pieces, options);
  t.teardown(() => raw.close());
  return raw;
}

const asker = (): MemoryPieces => new MemoryPieces(content.manifest);

function sendPiece(raw: RawPeer, piece: number, of = content): void {
  const bytes = of.piece(piece);
  for (let offset = 0; offset < bytes.length; offset += WIRE_BLOCK_BYTES) {
    raw.say({ type: 'block', topic: 0, piece, offset, bytes: bytes.subarray(offset, offset + WIRE_BLOCK_BYTES) });
  }
}

test('refuses another version with a reason, and does not ban for it', async (t) => {
  const raw = rawPeer(t, asker());
  raw.say({ type: 'hello', version: 2, flags: 0 });
  const [goodbye] = await raw.wait('goodbye');
  t.match(goodbye, { code: 'unsupported-version', reason: /version 2/ });
  t.match(raw.ended, { abuse: false });
});

test('drops a peer that does not begin with hello', async (t) => {
  const raw = rawPeer(t, asker());
  raw.say({ type: 'ping', token: 1 });
  await raw.wait('goodbye');
  t.match(raw.ended, { abuse: true, reason: /hello/ });
});

test('drops a peer that never says hello', async (t) => {
  const raw = rawPeer(t, asker(), { timings: { helloLimitMs: 30 } });
  await eventually(() => raw.ended, 'the session ended');
  t.match(raw.ended, { abuse: false });
});

test('drops a peer that sends garbage', async (t) => {
  const raw = rawPeer(t, asker());
  await raw.open(contentId);
  raw.sayRaw(6, 0);
  t.match(await raw.wait('goodbye'), [{ code: 'protocol-violation' }]);
  t.match(raw.ended, { abuse: true });
});

test('skips messages of a later version', async (t) => {
  const raw = rawPeer(t, asker());
  await raw.open(contentId);
  raw.sayRaw(200, 1, 2, 3);
  raw.say({ type: 'ping', token: 5 });
  t.match(await raw.wait('pong'), [{ token: 5 }]);
});

test('drops a peer that sends more than a message may have', async (t) => {
  const raw = rawPeer(t, asker());
  await raw.open(contentId);
  raw.channel.send(new Uint8Array(MAX_WIRE_MESSAGE_BYTES + 1));
  await eventually(() => raw.ended, 'the session ended');
  t.match(raw.ended, { reason: /65537 bytes/ });
});

test('drops a peer that floods with small messages', async (t) => {
  // A clock that stands: a busy machine sends no flood in time.
  const nowMs = performance.now();
  const raw = rawPeer(t, asker(), { now: () => nowMs });
  await raw.open(contentId);
  for (let count = 0; count < MAX_MESSAGES_PER_S * 4 && raw.ended === undefined; count += 1) {
    raw.say({ type: 'topic-close', topic: 9 });
    if (count % 1_000 === 0) await new Promise((resolve) => { setImmediate(resolve); });
  }
  await eventually(() => raw.ended, 'the session ended');
  t.match(raw.ended, { abuse: true, reason: /too many messages/ });
});

test('bounds the queue of requests, then drops whoever goes on', async (t) => {
  const raw = rawPeer(t, MemoryPieces.full(content), { upload: { maxUploadMbps: 0.1 } });
  await raw.open(contentId);
  for (let count = 0; count < MAX_QUEUED_BLOCKS + MAX_STRIKES + 20; count += 1) {
    raw.say({ type: 'request', topic: 0, piece: 0, offset: 0, length: WIRE_BLOCK_BYTES });
  }
  t.match(await raw.wait('goodbye'), [{ code: 'flood' }]);
  t.ok(raw.all('reject').every((reject) => reject.reason === 'too-many'));
  t.match(raw.ended, { abuse: true });
});

test('refuses bytes that do not exist and pieces that are not held', async (t) => {
  const pieces = asker();
  pieces.store(0, content.piece(0));
  const raw = rawPeer(t, pieces);
  await raw.open(contentId);
  const ask = (piece: number, offset: number, length: number): void => raw.say({ type: 'request', topic: 0, piece, offset, length });
  ask(1, 0, 100);
  ask(0, 0, 0);
  ask(0, 0, MAX_REQUEST_BYTES + 1);
  ask(0, 256 * 1024 - 10, 11);
  ask(9_999, 0, 1);
  ask(0, 256 * 1024 - 10, 10);
  const rejects = await raw.wait('reject', 5);
  t.same(rejects.map((reject) => reject.reason), ['not-held', 'out-of-range', 'out-of-range', 'out-of-range', 'out-of-range']);
  const [block] = await raw.wait('block');
  t.same(block?.bytes, content.piece(0).subarray(-10));
  t.equal(raw.ended, undefined);
});

test('answers one request with as many blocks as it takes', async (t) => {
  const raw = rawPeer(t, MemoryPieces.full(content));
  await raw.open(contentId);
  raw.say({ type: 'request', topic: 0, piece: 1, offset: WIRE_BLOCK_BYTES, length: 2 * WIRE_BLOCK_BYTES + 10 });
  const blocks = await raw.wait('block', 3);
  t.same(blocks.map(({ offset, bytes }) => [offset, bytes.length]),
    [[WIRE_BLOCK_BYTES, WIRE_BLOCK_BYTES], [2 * WIRE_BLOCK_BYTES, WIRE_BLOCK_BYTES], [3 * WIRE_BLOCK_BYTES, 10]]);
  t.same(blocks[2]?.bytes, content.piece(1).subarray(3 * WIRE_BLOCK_BYTES, 3 * WIRE_BLOCK_BYTES + 10));
});

test('serves nothing while sharing is off, says so, and serves again afterwards', async (t) => {
  const raw = rawPeer(t, MemoryPieces.full(content));
  await raw.open(contentId);
  await raw.wait('bitfield');
  raw.swarm.setSharing(false);
  t.match((await raw.wait('bitfield', 2))[1], { pieceCount: 0 });
  raw.say({ type: 'request', topic: 0, piece: 0, offset: 0, length: 10 });
  t.match(await raw.wait('reject'), [{ reason: 'not-sharing', topic: RAW_TOPIC }]);
  raw.swarm.setSharing(true);
  t.match((await raw.wait('bitfield', 3))[2], { pieceCount: 4 });
  raw.say({ type: 'request', topic: 0, piece: 0, offset: 0, length: 10 });
  await raw.wait('block');
});

test('gives up a peer that stalls, and cancels what was asked of it', async (t) => {
  const raw = rawPeer(t, asker(), { timings: { stallMs: 60 } });
  const peer = await raw.open(contentId);
  raw.sayHeld(4);
  await eventually(() => peer.has(0), 'the peer has pieces');
  await Promise.all([0, 1].map((piece) => t.rejects(peer.request(piece, { signal: never }), { code: 'timeout' })));
  t.same((await raw.wait('cancel', 2)).map(({ piece }) => piece), [0, 1]);
  t.equal(raw.ended, undefined, 'it may be asked again');
});

test('counts what comes too late as wasted, and is still friends', async (t) => {
  const raw = rawPeer(t, asker());
  const peer = await raw.open(contentId);
  const abort = new AbortController();
  const given = t.rejects(peer.request(0, { signal: abort.signal }), { code: 'aborted' });
  await raw.wait('request');
  abort.abort();
  await given;
  await raw.wait('cancel');
  sendPiece(raw, 0);
  await eventually(() => peer.wastedBytes === content.piece(0).length, 'the late bytes are counted');
  const fetched = peer.request(1, { signal: never });
  await raw.wait('request', 2);
  sendPiece(raw, 1);
  t.same(await fetched, content.piece(1));
  t.equal(raw.ended, undefined);
});

test('drops a peer that goes on sending what nobody asked for', async (t) => {
  const raw = rawPeer(t, asker());
  await raw.open(contentId);
  for (let count = 0; count <= MAX_STRIKES; count += 1) raw.say({ type: 'block', topic: 0, piece: 0, offset: count, bytes: new Uint8Array(10) });
  await raw.wait('goodbye');
  t.match(raw.ended, { abuse: true, reason: /nobody asked/ });
});

test('drops a peer whose block has the wrong length', async (t) => {
  const raw = rawPeer(t, asker());
  const peer = await raw.open(contentId);
  const fetched = t.rejects(peer.request(0, { signal: never }), { code: 'peer-gone' });
  await raw.wait('request');
  raw.say({ type: 'block', topic: 0, piece: 0, offset: 0, bytes: new Uint8Array(10) });
  await fetched;
  t.match(raw.ended, { abuse: true });
});

test('asks for a bounded number of blocks ahead, piece after piece', async (t) => {
  const large = sampleContent(40 * 256 * 1024, 2);
  const raw = new RawPeer(large.manifest.contentId, new MemoryPieces(large.manifest));
  t.teardown(() => raw.close());
  const peer = await raw.open(large.manifest.contentId);
  const all = Promise.allSettled(Array.from({ length: 40 }, (_, piece) => peer.request(piece, { signal: never })));
  await raw.wait('request');
  raw.say({ type: 'ping', token: 1 });
  await raw.wait('pong');
  const requests = raw.all('request').map(({ piece, offset, length }) => ({ piece, offset, length }));
  const blocks = requests.reduce((sum, { length }) => sum + Math.ceil(length / WIRE_BLOCK_BYTES), 0);
  t.ok(blocks <= MAX_OUTSTANDING_BLOCKS && blocks > MAX_OUTSTANDING_BLOCKS - 8, `${blocks} blocks`);
  t.same(requests, requests.map((_, piece) => ({ piece, offset: 0, length: 256 * 1024 })), 'a piece is asked for at once');
  sendPiece(raw, 0, large);
  await raw.wait('request', requests.length + 1);
  await raw.close();
  const [first, ...others] = await all;
  t.match(first, { status: 'fulfilled' });
  for (const result of others) t.match(result, { status: 'rejected', reason: { code: 'peer-gone' } });
});

test('fails every request when the peer goes away mid-piece', async (t) => {
  const raw = rawPeer(t, asker());
  const peer = await raw.open(contentId);
  const fetched = t.rejects(peer.request(0, { signal: never }), { code: 'peer-gone' });
  await raw.wait('request');
  raw.say({ type: 'block', topic: 0, piece: 0, offset: 0, bytes: content.piece(0).subarray(0, WIRE_BLOCK_BYTES) });
  await raw.channel.close('died');
  await fetched;
  t.equal(raw.goneReasons.length, 1);
  await t.rejects(peer.request(1, { signal: never }), { code: 'peer-gone' });
});

test('tells a refused request when to ask again', async (t) => {
  const raw = rawPeer(t, asker());
  const peer = await raw.open(contentId);
  raw.sayHeld(4);
  await eventually(() => peer.has(0), 'the peer has pieces');
  const busy = t.rejects(peer.request(0, { signal: never }), { code: 'bad-message' });
  await raw.wait('request');
  raw.say({ type: 'reject', topic: 0, piece: 0, offset: 0, reason: 'busy', retryAfterMs: 500 });
  await busy;
  t.ok(peer.refusedUntilMs > performance.now() + 300);
  const lost = t.rejects(peer.request(1, { signal: never }), { code: 'bad-message' });
  await eventually(() => raw.all('request').some(({ piece }) => piece === 1), 'piece 1 was asked for');
  raw.say({ type: 'reject', topic: 0, piece: 1, offset: 0, reason: 'not-held', retryAfterMs: 0 });
  await lost;
  t.notOk(peer.has(1), 'what it has not is not asked of it again');
  t.ok(peer.has(2));
});

test('takes a manifest only when it is the right one', async (t) => {
  const raw = rawPeer(t, new MemoryPieces(undefined));
  const peer = await raw.open(contentId);
  const asked = t.rejects(peer.requestManifest({ signal: never }), { code: 'bad-manifest' });
  await raw.wait('manifest-request');
  raw.say({ type: 'manifest', topic: 0, totalBytes: 60, offset: 0, bytes: new Uint8Array(60) });
  await asked;
  t.match(raw.ended, { abuse: true });
});

test('closes a connection on which nothing is shared any more', async (t) => {
  const raw = rawPeer(t, asker(), { timings: { idleMs: 40 } });
  await raw.open(contentId);
  raw.say({ type: 'topic-close', topic: RAW_TOPIC });
  t.match(await raw.wait('goodbye'), [{ code: 'idle' }]);
  t.match(raw.ended, { abuse: false });
});

test('takes a peer that answers nothing for dead', async (t) => {
  const raw = rawPeer(t, asker(), { timings: { pingMs: 20 } });
  await raw.open(contentId);
  await eventually(() => raw.ended, 'the session ended');
  t.match(raw.ended, { reason: /silent/, abuse: false });
});

test('says nothing to a peer that made the offer and says no hello, but goodbye', async (t) => {
  const raw = rawPeer(t, asker(), { offered: false, timings: { helloLimitMs: 30 } });
  raw.session.openTopic(contentId);
  await raw.wait('goodbye');
  t.strictSame(raw.heard.map(({ type }) => type), ['goodbye']);
});

test('answers the hello of a peer that made the offer, and opens then what it has to open', async (t) => {
  const raw = rawPeer(t, asker(), { offered: false });
  raw.session.openTopic(contentId);
  await raw.open(contentId);
  await raw.wait('topic-open');
  t.strictSame(raw.heard.map(({ type }) => type).slice(0, 2), ['hello', 'topic-open']);
});
