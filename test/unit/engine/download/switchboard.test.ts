import { test } from 'tap';
import { Switchboard } from '../../../../engine/download/switchboard.ts';
import { Tally } from '../../../../engine/download/tally.ts';
import { CDN_QUIET_MS } from '../../../../engine/schedule/limits.ts';
import { newScheduleState } from '../../../../engine/schedule/schedule-state.ts';
import type { FetchedPiece, FetchOptions, Source } from '../../../../engine/source/source.ts';
import { MemoryPeer } from '../../../fixtures/memory-swarm.ts';
import { sampleContent } from '../../../fixtures/sample-content.ts';
import { VirtualClock } from '../../../fixtures/virtual-clock.ts';

const content = sampleContent(8 * 256 * 1024);

/** A CDN that agrees to serve and then gives bytes only when the test says so. */
class HeldCdn implements Source {
  readonly id = 'http://cdn';
  readonly kind = 'cdn';
  #options: FetchOptions | undefined;

  async *fetch(_span: unknown, options: FetchOptions): AsyncGenerator<FetchedPiece> {
    this.#options = options;
    options.onProgress?.(0);
    await new Promise((resolve) => { options.signal.addEventListener('abort', resolve, { once: true }); });
    yield* [];
  }

  give(bytes: number): void {
    this.#options?.onProgress?.(bytes);
  }
}

const start = () => {
  const clock = new VirtualClock();
  const cdn = new HeldCdn();
  const { manifest } = content;
  const entered: string[] = [];
  const state = newScheduleState({
    policy: 'cdn-first', wants: 'everything', pieceCount: content.pieceCount, pieceLengthBytes: manifest.pieceLengthBytes, held: [],
    cdnIds: [cdn.id], grants: true, seed: 1,
  }, clock.now());
  const board = new Switchboard({ clock, state, manifest, cdnSources: [cdn], tally: new Tally(manifest, 0), host: {
    onPiece: () => {}, onEntered: (_from, to, reason) => entered.push(`${to}: ${reason}`), onChanged: () => {}, room: async () => {},
  } });
  const peer = new MemoryPeer({ manifest, pieceOf: async (piece) => content.piece(piece), onBanned: () => {} }, { peerId: 'a' });
  peer.stall();
  board.swarmEvents.onPeerOpen(peer);
  board.pump();
  return { clock, cdn, board, peer, entered };
};

test('a CDN whose bytes we were too busy to read is not called silent', async (t) => {
  const { clock, cdn, board, peer, entered } = start();
  await Promise.resolve();
  t.same(entered, ['cdn: cdn-admitted']);
  // The timer is late: the bytes are read right after it.
  clock.oversleep(CDN_QUIET_MS + 200);
  clock.advance(0);
  cdn.give(1_000);
  t.same(entered, ['cdn: cdn-admitted']);
  // Late again, and a peer's message is read before the timer and before the CDN's bytes.
  clock.advance(10);
  clock.oversleep(CDN_QUIET_MS + 200);
  board.swarmEvents.onPeerHave(peer);
  cdn.give(1_000);
  clock.advance(20);
  t.same(entered, ['cdn: cdn-admitted']);
  await board.stop();
});

test('a CDN that is dead is seen to be, however late our timers are', async (t) => {
  const { clock, board, entered } = start();
  await Promise.resolve();
  for (let round = 0; round < 4; round += 1) {
    clock.oversleep(300);
    clock.advance(CDN_QUIET_MS / 2);
  }
  t.same(entered, ['cdn: cdn-admitted', 'swarm: cdn-gone']);
  await board.stop();
});
