/**
 * The pieces used last, in memory, for all downloads of this program together: a player reads a piece in several small reads,
 * and each would else be a way to the disk. Bytes are shared, not copied; nobody changes a piece.
 */

/**
 * For what was read, and as much again for what was written: two seconds of the richest video at 30 Mb/s. Counted over all
 * downloads, as an appliance's seeder has hundreds of them open, and apart for the two, so that a fast download does not drive
 * out what a player reads meanwhile.
 */
export const RECENT_PIECES_BYTES = 8 * 1024 * 1024;

export class RecentPieces {
  readonly #maxBytes: number;
  /** Least recently used first. */
  readonly #pieces = new Map<string, Uint8Array>();
  #bytes = 0;

  constructor(options: { readonly maxBytes: number }) {
    this.#maxBytes = options.maxBytes;
  }

  /** `owner`: unique in the program; two downloads of one content are two owners. */
  put(owner: string, piece: number, bytes: Uint8Array): void {
    this.#drop(keyOf(owner, piece));
    this.#pieces.set(keyOf(owner, piece), bytes);
    this.#bytes += bytes.length;
    for (const key of this.#pieces.keys()) {
      // The newest stays, however long its pieces are: it is the one that is read on.
      if (this.#bytes <= this.#maxBytes || this.#pieces.size === 1) return;
      this.#drop(key);
    }
  }

  get(owner: string, piece: number): Uint8Array | undefined {
    return this.#pieces.get(keyOf(owner, piece));
  }

  forget(owner: string): void {
    for (const key of this.#pieces.keys()) if (key.startsWith(`${owner}/`)) this.#drop(key);
  }

  #drop(key: string): void {
    this.#bytes -= this.#pieces.get(key)?.length ?? 0;
    this.#pieces.delete(key);
  }
}

function keyOf(owner: string, piece: number): string {
  return `${owner}/${piece}`;
}
