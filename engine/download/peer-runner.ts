/** Carries out requests to peers, each with a way to take it back, and tells how each ended. */
import { errorCode } from '../protocol/errors.ts';
import type { RequestEnd } from '../schedule/schedule-events.ts';
import type { PeerView } from '../schedule/schedule-state.ts';
import type { Source } from '../source/source.ts';
import type { SwarmPeer } from '../swarm/swarm.ts';

/** A peer that failed for no reason we know of is left alone this long, so that it is not asked in a circle. */
const PAUSE_MS = 1_000;

/** A peer of the swarm as the schedule sees it, as a verified source, and as itself. */
export interface PeerHandle {
  readonly view: PeerView;
  readonly source: Source;
  readonly peer: SwarmPeer;
}

export interface PeerRunnerHost {
  readonly now: () => number;
  onPeerPiece(handle: PeerHandle, piece: number, bytes: Uint8Array): void;
  /** Not told of requests that were cancelled. */
  onPeerEnd(handle: PeerHandle, piece: number, end: RequestEnd): void;
  /** The peer gave a piece whose hash was wrong. */
  onPeerLied(handle: PeerHandle, piece: number): void;
}

export class PeerRunner {
  readonly #host: PeerRunnerHost;
  readonly #requests = new Map<string, AbortController>();

  constructor(host: PeerRunnerHost) {
    this.#host = host;
  }

  ask(handle: PeerHandle, piece: number): void {
    const stop = new AbortController();
    this.#requests.set(keyOf(handle.peer.peerId, piece), stop);
    void this.#run(handle, piece, stop);
  }

  cancel(peerId: string, piece: number): void {
    this.#requests.get(keyOf(peerId, piece))?.abort();
    this.#requests.delete(keyOf(peerId, piece));
  }

  stop(): void {
    for (const stop of this.#requests.values()) stop.abort();
    this.#requests.clear();
  }

  async #run(handle: PeerHandle, piece: number, stop: AbortController): Promise<void> {
    const key = keyOf(handle.peer.peerId, piece);
    try {
      for await (const { bytes } of handle.source.fetch({ first: piece, last: piece }, { signal: stop.signal })) {
        if (this.#requests.get(key) === stop) this.#requests.delete(key);
        this.#host.onPeerPiece(handle, piece, bytes);
      }
    } catch (error) {
      // The schedule has forgotten a cancelled request, and may have asked the same peer for the same piece anew.
      if (stop.signal.aborted) return;
      this.#requests.delete(key);
      if (errorCode(error) === 'hash-mismatch') this.#host.onPeerLied(handle, piece);
      this.#host.onPeerEnd(handle, piece, this.#endOf(error, handle.peer));
    }
  }

  #endOf(error: unknown, peer: SwarmPeer): RequestEnd {
    switch (errorCode(error)) {
      case 'timeout':
        return { how: 'stalled' };
      case 'bad-message':
        return { how: 'refused', notBeforeMs: Math.max(peer.refusedUntilMs, this.#host.now() + 1) };
      default:
        return { how: 'refused', notBeforeMs: this.#host.now() + PAUSE_MS };
    }
  }
}

function keyOf(peerId: string, piece: number): string {
  return `${peerId} ${piece}`;
}
