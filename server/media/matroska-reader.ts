/**
 * Reads elements of a Matroska file (RFC 9559 over EBML, RFC 8794) where they lie, through a window that moves: what is not asked
 * for is skipped and, where it is larger than the window, never read.
 */
import type { ByteSource } from '../../engine/media/index.ts';

const MAX_HEADER_BYTES = 12;
/** Tables and texts; pictures and sounds are never asked for. */
const MAX_ELEMENT_BYTES = 32 * 1024 * 1024;

export interface Element {
  readonly id: number;
  /** Where its header begins, and where its data do. */
  readonly at: number;
  readonly start: number;
  /** Exclusive. The end of the parent where the element does not say (live recordings). */
  readonly end: number;
}

/** The file is not what its index says. */
export class MatroskaError extends Error {
  override readonly name = 'MatroskaError';
}

export class MatroskaReader {
  readonly #source: ByteSource;
  readonly #signal: AbortSignal;
  readonly #windowBytes: number;
  #window: Uint8Array = new Uint8Array(0);
  #windowStart = 0;

  constructor(source: ByteSource, { signal, windowBytes }: { readonly signal: AbortSignal; readonly windowBytes: number }) {
    this.#windowBytes = windowBytes;
    this.#source = source;
    this.#signal = signal;
  }

  /** The element that begins at `at`, inside a parent that ends at `parentEnd`; undefined at the parent's end. */
  async element(at: number, parentEnd: number): Promise<Element | undefined> {
    if (at >= parentEnd) return undefined;
    const bytes = await this.bytes(at, Math.min(at + MAX_HEADER_BYTES, parentEnd));
    const idLength = lengthOf(bytes[0] ?? 0);
    const sizeLength = lengthOf(bytes[idLength] ?? 0);
    if (idLength > 4 || sizeLength > 8 || idLength + sizeLength > bytes.length) throw new MatroskaError(`there is no element at byte ${at}`);
    let id = 0;
    for (let index = 0; index < idLength; index += 1) id = id * 256 + (bytes[index] ?? 0);
    const size = vint(bytes, idLength, sizeLength);
    const start = at + idLength + sizeLength;
    // A file cut short ends in the middle of its last element.
    return { id, at, start, end: size === undefined ? parentEnd : Math.min(start + size, parentEnd) };
  }

  async *children(parent: Pick<Element, 'start' | 'end'>): AsyncGenerator<Element, void, undefined> {
    for (let at = parent.start; ;) {
      const element = await this.element(at, parent.end);
      if (element === undefined) return;
      yield element;
      at = element.end;
    }
  }

  async data(element: Element): Promise<Uint8Array> {
    return this.bytes(element.start, element.end);
  }

  async text(element: Element): Promise<string> {
    return Buffer.from(await this.data(element)).toString('utf8').replace(/\0+$/u, '');
  }

  async integer(element: Element): Promise<number> {
    let value = 0;
    for (const byte of await this.data(element)) value = value * 256 + byte;
    return value;
  }

  async bytes(start: number, end: number): Promise<Uint8Array> {
    const from = start - this.#windowStart;
    if (from >= 0 && end - this.#windowStart <= this.#window.byteLength) return this.#window.subarray(from, end - this.#windowStart);
    if (end - start > MAX_ELEMENT_BYTES) throw new MatroskaError(`an element of ${end - start} bytes is no text`);
    this.#window = await this.#source.read(start, Math.min(Math.max(end, start + this.#windowBytes), this.#source.sizeBytes), { signal: this.#signal });
    this.#windowStart = start;
    return this.#window.subarray(0, end - start);
  }
}

/** A variable-size integer without its marker: block headers begin with one. */
export function trackNumberOf(bytes: Uint8Array): { readonly track: number; readonly length: number } {
  const length = lengthOf(bytes[0] ?? 0);
  return { track: vint(bytes, 0, length) ?? 0, length };
}

function lengthOf(first: number): number {
  return Math.clz32(first) - 23;
}

/** undefined when all bits are set: an unknown size. */
function vint(bytes: Uint8Array, at: number, length: number): number | undefined {
  let value = (bytes[at] ?? 0) & (0xff >> length);
  let isUnknown = value === 0xff >> length;
  for (let index = 1; index < length; index += 1) {
    const byte = bytes[at + index] ?? 0;
    isUnknown &&= byte === 0xff;
    value = value * 256 + byte;
  }
  return isUnknown ? undefined : value;
}
