/** Which fragments of one track are in its buffer, oldest first: where they lie in the file, and where decoding can begin. */
import type { Fragment } from '../../../engine/media/index.ts';

type Fed = Omit<Fragment, 'bytes'> & { readonly sizeBytes: number };

/** A rate from less than this says little. */
const MIN_RATE_SECONDS = 0.2;

export class FedFragments {
  #fed: Fed[] = [];

  add({ startSeconds, endSeconds, isIndependent, fileStart, fileEnd, bytes }: Fragment): void {
    this.#fed.push({ startSeconds, endSeconds, isIndependent, fileStart, fileEnd, sizeBytes: bytes.length });
  }

  clear(): void {
    this.#fed = [];
  }

  /** Forgets what ends before `seconds`. */
  dropBefore(seconds: number): void {
    const kept = this.#fed.findIndex(({ endSeconds }) => endSeconds > seconds);
    this.#fed.splice(0, kept === -1 ? this.#fed.length : kept);
  }

  /** Forgets what begins at `seconds` or later. */
  dropFrom(seconds: number): void {
    const dropped = this.#fed.findIndex(({ startSeconds }) => startSeconds >= seconds);
    if (dropped !== -1) this.#fed.splice(dropped);
  }

  get endSeconds(): number | undefined {
    return this.#fed.at(-1)?.endSeconds;
  }

  /** Where in the file reading goes on. */
  get nextByte(): number | undefined {
    return this.#fed.at(-1)?.fileEnd;
  }

  /** The last place at or before `seconds` before which everything can go without harm to what follows. */
  cutBefore(seconds: number): number | undefined {
    return this.#fed.findLast(({ startSeconds, isIndependent }) => isIndependent && startSeconds <= seconds)?.startSeconds;
  }

  byteAt(seconds: number): number | undefined {
    return (this.#fed.findLast(({ startSeconds }) => startSeconds <= seconds) ?? this.#fed[0])?.fileStart;
  }

  /** Bytes of this track itself per second of play; undefined until there is enough to tell. */
  get bytesPerSecond(): number | undefined {
    const sizeBytes = this.#fed.reduce((sum, fragment) => sum + fragment.sizeBytes, 0);
    return this.#perSecond(sizeBytes);
  }

  /** How fast reading this track moves through the file, the other tracks between included. */
  get fileBytesPerSecond(): number | undefined {
    const first = this.#fed[0];
    const last = this.#fed.at(-1);
    if (first === undefined || last === undefined || last.fileEnd <= first.fileStart) return undefined;
    return this.#perSecond(last.fileEnd - first.fileStart);
  }

  #perSecond(sizeBytes: number): number | undefined {
    const seconds = (this.endSeconds ?? 0) - (this.#fed[0]?.startSeconds ?? 0);
    return seconds < MIN_RATE_SECONDS ? undefined : sizeBytes / seconds;
  }
}
