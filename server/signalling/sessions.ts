/** Peer ids, the sessions that claim them again, and the seeder's proof. Nothing is stored: a session is an HMAC. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const PEER_ID_BYTES = 16;
const PEER_ID_CHARS = 22;

export interface PeerSession {
  readonly peerId: string;
  /** Whoever shows it again gets the same `peerId`. */
  readonly session: string;
}

/** `secret` keeps sessions valid over restarts when it is kept over restarts. */
export class Sessions {
  readonly #secret: string;
  readonly #seederProof: string;

  constructor({ secret, seederProof }: { readonly secret: string; readonly seederProof: string }) {
    this.#secret = secret;
    this.#seederProof = seederProof;
  }

  /** The peer id that `claimed` stands for, or a new one where it stands for none. */
  open(claimed?: string): PeerSession {
    if (claimed !== undefined) {
      const peerId = claimed.slice(0, PEER_ID_CHARS);
      if (this.#same(claimed, this.#session(peerId))) return { peerId, session: claimed };
    }
    const peerId = randomBytes(PEER_ID_BYTES).toString('base64url');
    return { peerId, session: this.#session(peerId) };
  }

  provesSeeder(proof: string): boolean {
    return this.#seederProof !== '' && this.#same(proof, this.#seederProof);
  }

  #session(peerId: string): string {
    return `${peerId}.${this.#mac(`peer ${peerId}`)}`;
  }

  #mac(text: string): string {
    return createHmac('sha256', this.#secret).update(text).digest('base64url');
  }

  /** In constant time, whatever the lengths: MACs are compared, not the texts. */
  #same(one: string, other: string): boolean {
    return timingSafeEqual(Buffer.from(this.#mac(`compare ${one}`)), Buffer.from(this.#mac(`compare ${other}`)));
  }
}
