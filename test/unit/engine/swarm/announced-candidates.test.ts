import { test } from 'tap';
import { MAX_ANNOUNCED_ADDRESSES } from '../../../../engine/index.ts';
import type { Signal } from '../../../../engine/protocol/signalling.ts';
import { AnnouncedCandidates } from '../../../../engine/swarm/announced-candidates.ts';

const HOST = 'a=candidate:1 1 UDP 2114977791 172.17.0.2 9000 typ host';
const OTHER_HOST = 'candidate:2 1 udp 2116026111 fd00::2 9000 typ host generation 0 ufrag q';
const REFLEXIVE = 'a=candidate:3 1 UDP 1678769919 203.0.113.7 9000 typ srflx raddr 172.17.0.2 rport 9000';
const RELAY = 'a=candidate:4 1 UDP 8331263 198.51.100.1 50000 typ relay raddr 0.0.0.0 rport 0';
const candidate = (text: string): Signal => ({ kind: 'candidate', candidate: text, mid: '0' });
const sdp = (...lines: readonly string[]): string => ['v=0', 'a=mid:0', ...lines, 'a=ice-ufrag:sWe/', ''].join('\r\n');

test('tells one candidate for each announced address, in place of all our own, the first as the best', async (t) => {
  const ours = new AnnouncedCandidates([{ ip: '192.168.1.10', port: 9000 }, { ip: '2001:db8::5', port: 41000 }]);
  t.same(ours.rewrite(candidate(HOST)), [
    candidate('candidate:9001 1 UDP 2130706431 192.168.1.10 9000 typ host'),
    candidate('candidate:9002 1 UDP 2130706175 2001:db8::5 41000 typ host'),
  ]);
  t.same(ours.rewrite(candidate(OTHER_HOST)), [], 'once');
});

test('takes our own addresses out of the description too', async (t) => {
  const ours = new AnnouncedCandidates([{ ip: '192.168.1.10', port: 9000 }]);
  const description = sdp(HOST, `a=${OTHER_HOST}`, REFLEXIVE, 'a=end-of-candidates');
  t.same(ours.rewrite({ kind: 'answer', sdp: description }), [{ kind: 'answer', sdp: sdp(REFLEXIVE) }]);
  t.same(ours.rewrite({ kind: 'offer', sdp: sdp() }), [{ kind: 'offer', sdp: sdp() }]);
});

test('leaves what STUN and TURN servers found, and what is no candidate', async (t) => {
  const ours = new AnnouncedCandidates([{ ip: '192.168.1.10', port: 9000 }]);
  for (const signal of [candidate(REFLEXIVE), candidate(RELAY), { kind: 'refuse', reason: 'full' } satisfies Signal]) t.same(ours.rewrite(signal), [signal]);
});

test('leaves everything as it is when nothing is announced', async (t) => {
  const ours = new AnnouncedCandidates([]);
  for (const signal of [candidate(HOST), candidate(OTHER_HOST), { kind: 'answer', sdp: sdp(HOST) } satisfies Signal]) t.same(ours.rewrite(signal), [signal]);
});

test('tells no more addresses than a peer should try', async (t) => {
  const many = Array.from({ length: 40 }, (_, at) => ({ ip: `192.168.1.${at}`, port: 9000 }));
  t.equal(new AnnouncedCandidates(many).rewrite(candidate(HOST)).length, MAX_ANNOUNCED_ADDRESSES);
});
