/** The last step: one piece of the probe content over the open channel, by the protocol that every video is fetched by. */
import { Bitfield } from '../protocol/bitfield.ts';
import { verifyPiece } from '../protocol/piece-hash.ts';
import { PROBE_CONTENT_ID, probeManifest } from '../protocol/probe-content.ts';
import type { LocalSwarm } from '../swarm/local-swarm.ts';
import type { PeerChannel } from '../swarm/peer-channel.ts';
import { PeerSession } from '../swarm/peer-session.ts';
import type { SwarmPeer } from '../swarm/swarm.ts';
import { DEFAULT_TIMINGS } from '../swarm/timings.ts';
import { UploadDesk } from '../swarm/upload-desk.ts';
import type { RoundTripSeen } from './observations.ts';
import { atMost } from './waiting.ts';

/** 256 KiB at a third of a megabit a second: below that nothing plays. */
const LIMIT_MS = 8_000;

const NEVER = new Promise<never>(() => undefined);

const now = (): number => performance.now();

/** Begins to close the channel at the end, whose owner waits for that. SwitchError `aborted`. */
export async function probeFetch(channel: PeerChannel, peerId: string, signal: AbortSignal): Promise<RoundTripSeen> {
  const ready = Promise.withResolvers<SwarmPeer>();
  const over = Promise.withResolvers<string>();
  const manifest = probeManifest();
  const desk = new UploadDesk(now, { maxUploadSlots: 1, maxUploadMbps: 0, turnMs: DEFAULT_TIMINGS.turnMs });
  const swarm: LocalSwarm = {
    contentId: PROBE_CONTENT_ID, sharing: false,
    provider: { manifest, has: () => false, read: async () => undefined },
    shownTo: () => new Bitfield(), onPeerOpen: () => undefined, onPeerActive: () => undefined,
    onPeerGone: (_peer, reason) => over.resolve(reason),
    onPeerHave: (peer) => { if (peer.has(0)) ready.resolve(peer); },
  };
  const session = new PeerSession({ channel, desk, now, host: {
    swarm: (contentId) => (contentId === PROBE_CONTENT_ID ? swarm : undefined),
    onSessionClosed: (_session, reason) => over.resolve(reason),
  } }, { peerId, role: 'seeder', offered: true, timings: DEFAULT_TIMINGS });
  const giveUp = new AbortController();
  let busy = false;
  const fetchPiece = async (): Promise<RoundTripSeen> => {
    const peer = await ready.promise;
    for (;;) {
      const startMs = now();
      try {
        const bytes = await peer.request(0, { signal: giveUp.signal });
        const fetchMs = now() - startMs;
        return { kind: 'fetched', sizeBytes: bytes.length, fetchMs, roundTripMs: session.roundTripMs, intact: await verifyPiece(manifest, 0, bytes) };
      } catch (error) {
        // Refused until its turn comes: whoever asks again when told gets in, in order.
        const waitMs = peer.refusedUntilMs - now();
        if (giveUp.signal.aborted || waitMs <= 0) throw error;
        busy = true;
        await atMost(NEVER, waitMs, giveUp.signal);
      }
    }
  };
  const lost = async (): Promise<RoundTripSeen> => ({ kind: 'failed', reason: await over.promise });
  try {
    session.start();
    session.openTopic(PROBE_CONTENT_ID);
    const fetched = fetchPiece().catch((error: unknown): RoundTripSeen => ({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) }));
    const seen = await atMost(Promise.race([fetched, lost()]), LIMIT_MS, signal);
    return seen ?? (busy ? { kind: 'busy', limitMs: LIMIT_MS } : { kind: 'failed', reason: `nothing whole came within ${LIMIT_MS / 1_000} s` });
  } finally {
    giveUp.abort();
    void session.close('other', 'the diagnosis is over');
    desk.close();
  }
}
