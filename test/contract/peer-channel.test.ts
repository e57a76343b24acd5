/** What every peer channel promises, asked of the one in memory and of a real data channel. */
import { test, type Test } from 'tap';
import { MAX_WIRE_MESSAGE_BYTES } from '../../engine/protocol/limits.ts';
import type { PeerChannel } from '../../engine/swarm/peer-channel.ts';
import { MemoryChannel } from '../fixtures/memory-channel.ts';
import { eventually } from '../fixtures/peer-pair.ts';
import { rtcPair } from '../fixtures/rtc-pair.ts';

class Ear {
  readonly heard: Uint8Array[] = [];
  readonly closed: string[] = [];
  writable = 0;
  readonly onMessage = (message: Uint8Array): void => { this.heard.push(message); };
  readonly onWritable = (): void => { this.writable += 1; };
  readonly onClosed = (reason: string): void => { this.closed.push(reason); };
}

function suite(name: string, makePair: () => Promise<[PeerChannel, PeerChannel]>): void {
  const open = async (t: Test): Promise<{ one: PeerChannel; other: PeerChannel; ear: Ear; otherEar: Ear }> => {
    const [one, other] = await makePair();
    const [ear, otherEar] = [new Ear(), new Ear()];
    one.listen(ear);
    other.listen(otherEar);
    t.teardown(async () => { await Promise.all([one.close('test over'), other.close('test over')]); });
    return { one, other, ear, otherEar };
  };

  test(`${name}: delivers messages whole and in order, both ways`, async (t) => {
    const { one, other, ear, otherEar } = await open(t);
    for (let index = 0; index < 200; index += 1) one.send(Uint8Array.of(index, 1, 2));
    other.send(new Uint8Array(MAX_WIRE_MESSAGE_BYTES).fill(7));
    await eventually(() => otherEar.heard.length === 200 && ear.heard.length === 1, 'all messages came');
    t.same(otherEar.heard.map((message) => message[0]), Array.from({ length: 200 }, (_, index) => index));
    t.equal(ear.heard[0]?.length, MAX_WIRE_MESSAGE_BYTES);
  });

  test(`${name}: sends a copy, so that the caller may use its buffer again`, async (t) => {
    const { one, otherEar } = await open(t);
    const buffer = Uint8Array.of(1, 2, 3);
    one.send(buffer);
    buffer.fill(9);
    await eventually(() => otherEar.heard.length === 1, 'the message came');
    t.same([...otherEar.heard[0] ?? []], [1, 2, 3]);
  });

  test(`${name}: is not writable above the high mark, and says when it is again`, async (t) => {
    const { one, ear, otherEar } = await open(t);
    const message = new Uint8Array(60_000);
    let sent = 0;
    for (; one.writable; sent += 1) {
      one.send(message);
      if (sent > 2_000) return t.fail('the channel never filled');
    }
    await eventually(() => ear.writable > 0, 'told that it is writable');
    t.ok(one.writable);
    await eventually(() => otherEar.heard.length === sent, 'everything came');
  });

  test(`${name}: delivers what was sent before a close, then tells both ends once`, async (t) => {
    const { one, ear, otherEar } = await open(t);
    one.send(Uint8Array.of(42));
    await one.close('enough');
    await eventually(() => otherEar.closed.length === 1, 'the other end was told');
    t.same(otherEar.heard.map((message) => [...message]), [[42]]);
    t.same(ear.closed, ['enough']);
    await one.close('again');
    one.send(Uint8Array.of(43));
    t.same(ear.closed, ['enough']);
  });

  test(`${name}: ends when the peer sends more than a message may have`, async (t) => {
    const { one, otherEar } = await open(t);
    one.send(new Uint8Array(MAX_WIRE_MESSAGE_BYTES + 1));
    await eventually(() => otherEar.closed.length === 1, 'the channel ended');
    t.same(otherEar.heard, []);
  });
}

suite('in memory', async () => MemoryChannel.pair());
suite('over WebRTC', () => rtcPair());

test('a handshake fails within its limit when the other side never answers', async (t) => {
  await t.rejects(rtcPair({ limitMs: 200, relay: (signal) => (signal.kind === 'answer' ? undefined : signal) }), { message: /did not answer in time|other end failed/ });
});

test('a handshake fails at once when it is refused', async (t) => {
  await t.rejects(rtcPair({ relay: (signal) => (signal.kind === 'offer' ? undefined : { kind: 'refuse', reason: 'full' }), limitMs: 300 }));
});

test('a handshake ignores candidates that name an mDNS host or nothing at all', async (t) => {
  const [one, other] = await rtcPair({ relay: (signal) => {
    if (signal.kind === 'offer') {
      return { ...signal, sdp: `${signal.sdp}a=candidate:1 1 UDP 2122317823 2f6b3c1e-aaaa-bbbb-cccc-1234567890ab.local 40000 typ host\r\n` };
    }
    return signal;
  } });
  const ear = new Ear();
  other.listen(ear);
  one.listen(new Ear());
  one.send(Uint8Array.of(5));
  await eventually(() => ear.heard.length === 1, 'the message came');
  t.same(ear.closed, []);
  await Promise.all([one.close('done'), other.close('done')]);
});

test('an offerer in Node checks before it tells its candidates, and is ready when the other says hello', async (t) => {
  const relayed: string[] = [];
  const [one, other] = await rtcPair({ relay: (signal, from) => {
    relayed.push(`${signal.kind} of the ${from}`);
    return signal;
  } });
  t.ok(relayed.includes('candidate of the answerer'));
  const first = relayed.indexOf('candidate of the offerer');
  t.ok(first === -1 || first > relayed.indexOf('candidate of the answerer'), relayed.join(', '));
  await Promise.all([one.close('done'), other.close('done')]);
});

test('an offerer in Node tells its candidates a moment later to a peer whose own lead nowhere', async (t) => {
  const [one, other] = await rtcPair({ relay: (signal, from) => (signal.kind === 'candidate' && from === 'answerer' ? undefined : signal) });
  t.not(await one.path(), null);
  await Promise.all([one.close('done'), other.close('done')]);
});

test('a handshake fails on a description that is none', async (t) => {
  await t.rejects(rtcPair({ relay: (signal) => (signal.kind === 'offer' ? { kind: 'offer', sdp: 'no sdp' } : signal), limitMs: 5_000 }),
    { message: /other end failed|could not be read/ });
});
