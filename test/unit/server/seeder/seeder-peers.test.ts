import { test } from 'tap';
import type { PeerFigures } from '../../../../engine/index.ts';
import { seederPeers } from '../../../../server/seeder/seeder-peers.ts';

const peer: PeerFigures = {
  peerId: 'one', role: 'viewer', state: 'open', piecesHeld: 0, bytesReceived: 0, bytesSent: 100, receiveMbps: 0, sendMbps: 1.5, roundTripMs: null, path: null,
};
const direct = { localType: 'host', remoteType: 'prflx', protocol: 'udp' } as const;

test('what a peer gets of several videos goes over one connection, and is told as one', async (t) => {
  const peers = seederPeers([[peer], [{ ...peer, bytesSent: 50, sendMbps: 1, roundTripMs: 12, path: direct }], [{ ...peer, peerId: 'two', state: 'connecting' }]]);
  t.same([...peers], [['one', { path: 'direct', protocol: 'udp', sentBytes: 150, sendMbps: 2.5, roundTripMs: 12 }]]);
});

const pathOf = (path: PeerFigures['path']) => seederPeers([[{ ...peer, path }]]).get('one')?.path;

test('a path with a TURN server at either end is a relay, and one not known yet is neither', async (t) => {
  t.equal(pathOf(null), null);
  t.equal(pathOf(direct), 'direct');
  t.equal(pathOf({ ...direct, localType: 'relay' }), 'relay');
  t.equal(pathOf({ ...direct, remoteType: 'relay' }), 'relay');
});
