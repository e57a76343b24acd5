/** Fields of wire messages: big-endian integers, bytes and text, each bounded. */
import { SwitchError } from './errors.ts';
import { MAX_WIRE_MESSAGE_BYTES } from './limits.ts';

/** Reads one message front to back. Every method throws SwitchError `bad-message` when the message is too short. */
export class WireReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  u8(): number {
    return this.#view.getUint8(this.#skip(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#skip(2));
  }

  u32(): number {
    return this.#view.getUint32(this.#skip(4));
  }

  /** A view of the next `length` bytes. */
  take(length: number): Uint8Array {
    const start = this.#skip(length);
    return this.#bytes.subarray(start, start + length);
  }

  rest(): Uint8Array {
    return this.take(this.left);
  }

  /** What is left as text; more than `maxBytes` is cut, and what is not UTF-8 replaced: it is only ever shown. */
  text(maxBytes: number): string {
    return new TextDecoder().decode(this.rest().subarray(0, maxBytes));
  }

  /** `message`, when nothing is left. */
  end<T>(message: T): T {
    if (this.left !== 0) throw new SwitchError('bad-message', `The message is ${this.left} bytes too long.`);
    return message;
  }

  #skip(length: number): number {
    if (this.left < length) throw new SwitchError('bad-message', `The message ends ${length - this.left} bytes too early.`);
    const start = this.#at;
    this.#at += length;
    return start;
  }
}

/** Largest integers of each width. */
const MAX_U8 = 0xff;
const MAX_U16 = 0xffff;
const MAX_U32 = 0xffff_ffff;

type Part = { readonly width: 1 | 2 | 4; readonly value: number } | Uint8Array;

/** Writes one message. SwitchError `bad-message` for a field that does not fit. */
export class WireWriter {
  readonly #parts: Part[] = [];
  #length = 0;

  constructor(code: number) {
    this.u8(code);
  }

  u8(value: number): this {
    return this.#integer(1, value, MAX_U8);
  }

  u16(value: number): this {
    return this.#integer(2, value, MAX_U16);
  }

  u32(value: number): this {
    return this.#integer(4, value, MAX_U32);
  }

  /** All of `bytes`, which must be `length` long where that is given. */
  bytes(bytes: Uint8Array, length = bytes.length): this {
    if (bytes.length !== length) throw new SwitchError('bad-message', `The field has ${length} bytes, not ${bytes.length}.`);
    this.#parts.push(bytes);
    this.#length += bytes.length;
    return this;
  }

  /** UTF-8, cut at a character to `maxBytes`. */
  text(text: string, maxBytes: number): this {
    const target = new Uint8Array(maxBytes);
    const { written } = new TextEncoder().encodeInto(text, target);
    return this.bytes(target.subarray(0, written));
  }

  finish(): Uint8Array<ArrayBuffer> {
    if (this.#length > MAX_WIRE_MESSAGE_BYTES) {
      throw new SwitchError('bad-message', `A message has at most ${MAX_WIRE_MESSAGE_BYTES} bytes, not ${this.#length}.`);
    }
    const message = new Uint8Array(this.#length);
    const view = new DataView(message.buffer);
    let at = 0;
    for (const part of this.#parts) {
      if (part instanceof Uint8Array) {
        message.set(part, at);
        at += part.length;
        continue;
      }
      if (part.width === 1) view.setUint8(at, part.value);
      else if (part.width === 2) view.setUint16(at, part.value);
      else view.setUint32(at, part.value);
      at += part.width;
    }
    return message;
  }

  #integer(width: 1 | 2 | 4, value: number, max: number): this {
    if (!Number.isInteger(value) || value < 0 || value > max) throw new SwitchError('bad-message', `${value} does not fit ${width} bytes.`);
    this.#parts.push({ width, value });
    this.#length += width;
    return this;
  }
}
