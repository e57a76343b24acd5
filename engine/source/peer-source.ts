/** One peer of the swarm as a source. */
import type { SwarmPeer } from '../swarm/swarm.ts';
import type { FetchedPiece, FetchOptions, PieceSpan, Source } from './source.ts';

/** A Source of unverified pieces; verified-source.ts wraps it. */
export class PeerSource implements Source {
  readonly id: string;
  readonly kind: 'peer' | 'seeder';
  readonly #peer: SwarmPeer;

  constructor(peer: SwarmPeer) {
    this.#peer = peer;
    this.id = peer.peerId;
    this.kind = peer.role === 'seeder' ? 'seeder' : 'peer';
  }

  async *fetch(span: PieceSpan, options: FetchOptions): AsyncGenerator<FetchedPiece> {
    for (let piece = span.first; piece <= span.last; piece += 1) {
      const bytes = await this.#peer.request(piece, { signal: options.signal });
      options.onProgress?.(bytes.length);
      yield { piece, bytes };
    }
  }
}
