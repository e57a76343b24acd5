/**
 * Buffers that go round: what is read from a disk and sent on needs one for a moment only. Made anew each time, they keep the garbage
 * collector busier than all the rest of a node that sends a film.
 */

export interface ReadBuffers {
  /** Exactly so long, with whatever was in it. */
  take(lengthBytes: number): Uint8Array;
  /** Gives back what `take` gave, when nobody looks at it any more. Anything else is left alone. */
  give(bytes: Uint8Array): void;
  /** What `take` gave does not come back, though it be given. */
  keep(bytes: Uint8Array): void;
}

export class BufferPool implements ReadBuffers {
  readonly #lengthBytes: number;
  readonly #maxIdle: number;
  readonly #idle: Uint8Array[] = [];
  readonly #lent = new WeakMap<Uint8Array, Uint8Array>();

  /** Of `lengthBytes` each, at most `maxIdle` of which wait for the next who needs one. */
  constructor(_components: object, { lengthBytes, maxIdle }: { readonly lengthBytes: number; readonly maxIdle: number }) {
    this.#lengthBytes = lengthBytes;
    this.#maxIdle = maxIdle;
  }

  take(lengthBytes: number): Uint8Array {
    // What is far from filling one does not keep one from others.
    if (lengthBytes > this.#lengthBytes || lengthBytes * 2 <= this.#lengthBytes) return Buffer.allocUnsafeSlow(lengthBytes);
    const whole = this.#idle.pop() ?? Buffer.allocUnsafeSlow(this.#lengthBytes);
    const bytes = whole.subarray(0, lengthBytes);
    this.#lent.set(bytes, whole);
    return bytes;
  }

  keep(bytes: Uint8Array): void {
    this.#lent.delete(bytes);
  }

  give(bytes: Uint8Array): void {
    const whole = this.#lent.get(bytes);
    if (whole === undefined) return;
    this.#lent.delete(bytes);
    if (this.#idle.length < this.#maxIdle) this.#idle.push(whole);
  }
}
