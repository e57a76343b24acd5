/** The hub against sockets of the test's own making: whatever comes in, it answers or closes, and forgets who left. */
import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { test } from 'tap';

import { CdnAdmission } from '../../../../server/cdn/admission.ts';
import type { SignallingClient, SignallingSocket } from '../../../../server/signalling/client.ts';
import { SignallingHub, type SignallingOptions } from '../../../../server/signalling/hub.ts';

class FakeSocket implements SignallingSocket {
  bufferedAmount = 0;
  readyState = 1;
  closeCode: number | undefined;
  readonly sent: string[] = [];
  onEnd: () => void = () => undefined;

  send(text: string): void {
    this.sent.push(text);
  }

  close(code: number): void {
    this.closeCode ??= code;
    this.readyState = 2;
    setImmediate(() => this.onEnd());
  }

  terminate(): void {
    this.closeCode ??= 1006;
    this.readyState = 3;
    setImmediate(() => this.onEnd());
  }

  get last(): Record<string, unknown> {
    return JSON.parse(this.sent.at(-1) ?? '{}') as Record<string, unknown>;
  }
}

const CONTENT = 'a'.repeat(64);

function makeHub(options: Partial<SignallingOptions> = {}): { hub: SignallingHub; admission: CdnAdmission; clock: { nowMs: number }; stop: () => Promise<void> } {
  const clock = { nowMs: 0 };
  const now = () => clock.nowMs;
  const admission = new CdnAdmission({ now }, { maxStreams: 1, maxMbps: 0, minStreamMbps: 1, grantTtlMs: 3000, maxWaiting: 10 });
  const hub = new SignallingHub(
    { admission, hasVideo: async () => true, seederProof: 'proof', secret: 'secret', now, log: { warn: () => undefined } },
    { maxSockets: 1000, messagesPerSecond: 10, ...options },
  );
  const stop = async () => {
    admission.stop();
    await hub.stop();
  };
  return { hub, admission, clock, stop };
}

function connect(hub: SignallingHub, hello = true): { socket: FakeSocket; client: SignallingClient; say: (message: object) => void } {
  const socket = new FakeSocket();
  const client = hub.accept(socket);
  socket.onEnd = () => hub.closed(client);
  const say = (message: object) => hub.receive(client, JSON.stringify(message));
  if (hello) say({ type: 'hello', version: 1 });
  return { socket, client, say };
}

/** Messages that are nearly right, so that most reach past the first check. */
const nearlyRight = fc.record({
  type: fc.constantFrom('hello', 'join', 'update', 'find', 'leave', 'signal', 'wait-for-cdn', 'stop-waiting', 'pong', 'other'),
  version: fc.oneof(fc.constant(1), fc.jsonValue()),
  session: fc.oneof(fc.string(), fc.jsonValue()),
  seederProof: fc.oneof(fc.constant('proof'), fc.jsonValue()),
  contentId: fc.oneof(fc.constant(CONTENT), fc.jsonValue()),
  havePermille: fc.oneof(fc.integer({ min: 0, max: 1000 }), fc.jsonValue()),
  wantPeers: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.jsonValue()),
  to: fc.oneof(fc.constant('A'.repeat(22)), fc.jsonValue()),
  connectionId: fc.oneof(fc.constant('1'), fc.jsonValue()),
  signal: fc.oneof(fc.record({ kind: fc.constantFrom('offer', 'candidate', 'refuse', 'x'), sdp: fc.jsonValue(), reason: fc.string(), mid: fc.string() }), fc.jsonValue()),
}, { requiredKeys: ['type'] });

test('answers whatever JSON comes with an error, an answer or a close, and never throws', async (t) => {
  const { hub, stop } = makeHub({ messagesPerSecond: 1e6, messageBurst: 1e6, maxFaultsPerMinute: 1e6 });
  t.teardown(stop);
  const frames = fc.oneof(nearlyRight.map((value) => JSON.stringify(value)), fc.json(), fc.string(), fc.constant(undefined));
  fc.assert(fc.property(fc.array(frames, { maxLength: 20 }), fc.boolean(), (texts, hello) => {
    const { socket, client } = connect(hub, hello);
    for (const text of texts) {
      const before = socket.sent.length;
      hub.receive(client, text);
      for (const answer of socket.sent.slice(before)) {
        const { type, code, message } = JSON.parse(answer) as Record<string, unknown>;
        if (type === 'error' && (typeof code !== 'string' || typeof message !== 'string' || message.length === 0)) throw new Error(answer);
      }
      if (text === undefined && socket.closeCode === undefined && socket.last['code'] !== 'bad-message') throw new Error('a binary frame went unnoticed');
    }
    hub.closed(client);
  }), { numRuns: 300, seed: 42 });
  t.same(hub.figures(), { sockets: 0, swarmsTotal: 0, swarms: [] }, 'and forgets all of it');
});

test('reads deeply nested JSON without harm', async (t) => {
  const { hub, stop } = makeHub();
  t.teardown(stop);
  const one = connect(hub);
  const two = connect(hub);
  const deep = `${'['.repeat(7000)}${']'.repeat(7000)}`;
  one.say({ type: 'join', contentId: CONTENT, havePermille: 0, wantPeers: 0 });
  two.say({ type: 'join', contentId: CONTENT, havePermille: 0, wantPeers: 9 });
  hub.receive(one.client, deep);
  t.equal(one.socket.last['code'], 'bad-message');
  const { peerId } = two.client;
  hub.receive(one.client, `{"type":"signal","to":"${peerId}","connectionId":"1","signal":{"kind":"offer","sdp":"s","more":${deep}},"more":${deep}}`);
  t.same(two.socket.last, { type: 'signal', from: one.client.peerId, role: 'viewer', connectionId: '1', signal: { kind: 'offer', sdp: 's' } });
});

test('relays exactly what was checked, however the sender wrote it', async (t) => {
  const { hub, stop } = makeHub({ messagesPerSecond: 1e6, messageBurst: 1e6, maxFaultsPerMinute: 1e6 });
  t.teardown(stop);
  const [one, two] = [connect(hub), connect(hub)];
  for (const { say } of [one, two]) say({ type: 'join', contentId: CONTENT, havePermille: 0, wantPeers: 0 });
  const start = `{"type":"signal","to":"${two.client.peerId}","connectionId":"1"`;
  const offer = (connectionId: string, sdp: string) => ({ type: 'signal', from: one.client.peerId, role: 'viewer', connectionId, signal: { kind: 'offer', sdp } });
  const written: [text: string, relayed: object][] = [
    [`${start},"signal":{"kind":"offer","sdp":"s"}}`, offer('1', 's')],
    [` ${start}, "signal":{"sdp":"s","kind":"offer"}} `, offer('1', 's')],
    [`${start},"signal":{"kind":"offer","sdp":"s"}}\n`, offer('1', 's')],
    [`${start},"signal":{"kind":"offer","sdp":"s"},"from":"me"}`, offer('1', 's')],
    [`${start},"signal":{"kind":"offer","sdp":"s","from":"me"}}`, offer('1', 's')],
    [`${start},"signal":{"kind":"offer","sdp":"s"},"signal":{"kind":"offer","sdp":"t"}}`, offer('1', 't')],
    [`${start},"signal":{"kind":"offer","sdp":"s","sdp":"t"}}`, offer('1', 't')],
    [`${start},"connectionId":"2","signal":{"kind":"offer","sdp":"s"}}`, offer('2', 's')],
    [`${start},"signal":{"kind":"offer","sdp":"a \\"quoted\\" word\\r\\n\\u00fc\\ud800"}}`, offer('1', 'a "quoted" word\r\nü\ud800')],
  ];
  for (const [text, relayed] of written) {
    hub.receive(one.client, text);
    t.same(two.socket.last, relayed, text);
    t.equal(two.socket.sent.at(-1)?.match(/"(?:from|kind|sdp)":/g)?.length, 3, 'each thing said once');
  }
  fc.assert(fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 64 }), fc.string({ unit: 'binary' }), (connectionId, sdp) => {
    one.say({ type: 'signal', to: two.client.peerId, connectionId, signal: { kind: 'offer', sdp } });
    if (!isDeepStrictEqual(two.socket.last, offer(connectionId, sdp))) throw new Error(two.socket.sent.at(-1));
  }), { numRuns: 300, seed: 42 });
});

test('cuts a client that does not take what it is sent, and not for what others send it', async (t) => {
  const { hub, stop } = makeHub({ maxBufferedBytes: 1000 });
  t.teardown(stop);
  const [slow, other] = [connect(hub), connect(hub)];
  for (const { say } of [slow, other]) say({ type: 'join', contentId: CONTENT, havePermille: 0, wantPeers: 0 });
  slow.socket.bufferedAmount = 600;
  other.say({ type: 'signal', to: slow.client.peerId, connectionId: '1', signal: { kind: 'refuse', reason: 'full' } });
  t.match(other.socket.last, { code: 'rate-limited', to: slow.client.peerId });
  t.equal(slow.socket.closeCode, undefined);
  slow.socket.bufferedAmount = 1001;
  slow.say({ type: 'find', contentId: CONTENT, wantPeers: 1 });
  t.equal(slow.socket.closeCode, 1006);
  t.same(hub.figures().swarms, [{ contentId: CONTENT, viewers: 1, seeders: 0 }]);
});

test('a waiter that is cut by its own grant passes it on', async (t) => {
  const { hub, admission, stop } = makeHub({ maxBufferedBytes: 1000 });
  t.teardown(stop);
  const decision = admission.tryAdmit(CONTENT);
  const [slow, other] = [connect(hub), connect(hub)];
  for (const { say } of [slow, other]) {
    say({ type: 'wait-for-cdn', contentId: CONTENT });
    await Promise.resolve();
  }
  await new Promise(setImmediate);
  slow.socket.bufferedAmount = 5000;
  if (decision.admitted) decision.slot.release();
  t.equal(slow.socket.closeCode, 1006);
  t.match(other.socket.last, { type: 'grant', contentId: CONTENT });
});

test('forgives bad messages after a minute', async (t) => {
  const { hub, clock, stop } = makeHub();
  t.teardown(stop);
  const { socket, client } = connect(hub);
  for (let i = 0; i < 10; i += 1) hub.receive(client, 'x');
  clock.nowMs += 60_000;
  for (let i = 0; i < 10; i += 1) hub.receive(client, 'x');
  t.equal(socket.closeCode, undefined);
  hub.receive(client, 'x');
  t.equal(socket.closeCode, 1008);
});

test('long frames cost more of the rate than short ones', async (t) => {
  const { hub, clock, stop } = makeHub({ messagesPerSecond: 10, messageBurst: 9 });
  t.teardown(stop);
  const { socket, say } = connect(hub);
  const long = { type: 'pong', padding: 'x'.repeat(12 * 1024) };
  say(long);
  say(long);
  t.equal(socket.sent.length, 1, 'only the welcome');
  say({ type: 'pong' });
  t.match(socket.last, { code: 'rate-limited' });
  clock.nowMs += 100;
  say({ type: 'pong' });
  t.equal(socket.sent.length, 2, 'one message in a tenth of a second');
});

test('pings by its own clock, and cuts after three silent intervals', async (t) => {
  const { hub, clock, stop } = makeHub({ pingIntervalMs: 20_000 });
  t.teardown(stop);
  const { socket, say } = connect(hub);
  const pings = () => socket.sent.filter((text) => text.includes('"ping"')).length;
  for (const [atMs, expected] of [[19_999, 0], [20_000, 1], [39_999, 1], [40_000, 2], [59_999, 2]] as const) {
    clock.nowMs = atMs;
    hub.sweep();
    t.equal(pings(), expected, String(atMs));
  }
  say({ type: 'pong' });
  clock.nowMs = 60_000;
  hub.sweep();
  t.equal(socket.closeCode, undefined, 'it spoke');
  clock.nowMs = 119_999;
  hub.sweep();
  t.equal(socket.closeCode, 1006);
});
