/**
 * Writes one batch after the other, each of what came meanwhile up to a bound: Chromium fails when more than a few MiB of Blobs are
 * in transactions at once, and each transaction costs as much as a piece.
 */
export interface PieceWrite {
  readonly piece: number;
  readonly bytes: Uint8Array;
}

interface PendingWrite extends PieceWrite {
  readonly done: PromiseWithResolvers<void>;
}

export class WriteQueue {
  readonly #commit: (batch: readonly PieceWrite[]) => Promise<void>;
  readonly #maxBatchBytes: number;
  readonly #pending: PendingWrite[] = [];
  #writing: Promise<void> | undefined;

  constructor(components: { readonly commit: (batch: readonly PieceWrite[]) => Promise<void> }, options: { readonly maxBatchBytes: number }) {
    this.#commit = components.commit;
    this.#maxBatchBytes = options.maxBatchBytes;
  }

  /** Resolves when the piece is committed, and rejects as its batch does. */
  write(piece: number, bytes: Uint8Array): Promise<void> {
    const done = Promise.withResolvers<void>();
    this.#pending.push({ piece, bytes, done });
    this.#writing ??= this.#writeAll();
    return done.promise;
  }

  /** Resolves when nothing is being written. */
  async idle(): Promise<void> {
    await this.#writing;
  }

  /** Never rejects: each write is told its own outcome. */
  async #writeAll(): Promise<void> {
    // What is handed over in one go is one batch.
    await Promise.resolve();
    while (this.#pending.length > 0) {
      const batch = this.#takeBatch();
      try {
        await this.#commit(batch);
        for (const { done } of batch) done.resolve();
      } catch (error) {
        for (const { done } of batch) done.reject(error);
      }
    }
    this.#writing = undefined;
  }

  #takeBatch(): PendingWrite[] {
    let count = 0;
    for (let bytes = 0; count < this.#pending.length; count += 1) {
      bytes += this.#pending[count]?.bytes.length ?? 0;
      if (count > 0 && bytes > this.#maxBatchBytes) break;
    }
    return this.#pending.splice(0, count);
  }
}
