import { test } from 'tap';
import { Membership } from '../../../../engine/swarm/swarm-membership.ts';
import { DEFAULT_TIMINGS } from '../../../../engine/swarm/timings.ts';
import { MemoryPieces } from '../../../fixtures/peer-pair.ts';
import { scripted } from '../../../fixtures/scripted-signalling.ts';

const CONTENT = 'a'.repeat(64);

test('a banned peer that is named again and again is asked about at an ever slower pace', async (t) => {
  const { client, socket } = scripted(t);
  let nowMs = 0;
  const host = { reach: () => 'never' as const, isConnecting: () => false, isBanned: (peerId: string) => peerId === 'banned', onLeft: () => undefined };
  const events = { onPeerOpen() {}, onPeerGone() {}, onPeerHave() {}, onGrant() {}, onQueued() {}, onSignalling() {} };
  const membership = new Membership({ host, signalling: client, now: () => nowMs, random: () => 1 }, new MemoryPieces(undefined), events,
    { contentId: CONTENT, spreadPieces: false, timings: { ...DEFAULT_TIMINGS, lookMs: 60_000 } });
  t.teardown(() => membership.leave());
  membership.setWantedPeers(1);
  membership.start();
  const server = await socket(0);
  server.welcomes();
  const finds = (peerId: string): number => {
    const before = server.said.length;
    for (const end = nowMs + 120_000; nowMs < end; nowMs += 1_000) {
      membership.look();
      if (server.said.at(-1)?.type === 'find') membership.onPeers([{ peerId, role: 'viewer', havePermille: 1_000 }]);
    }
    return server.said.slice(before).filter(({ type }) => type === 'find').length;
  };
  t.ok(finds('banned') < 10);
  t.notOk(membership.hasFoundPeers);
  t.ok(finds('another') > 10, 'one that is only out of reach for now is asked about at the full pace');
});
