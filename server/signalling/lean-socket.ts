/**
 * A WebSocket as signalling uses it: text frames, whole, unmasked (RFC 6455, section 5.1). What is said to one socket in one turn of
 * the event loop goes out in one write: writes are most of what relaying costs, and who makes five offers gets five answers at about
 * the same time. The library reads the frames and closes the socket.
 */
import type { Socket } from 'node:net';
import type { SignallingSocket } from './client.ts';

/** FIN, and the opcode of text. */
const TEXT_FRAME = 0x81;
/** In place of a length of 7 bits: 16 bits follow, or 64. */
const LENGTH_IN_16_BITS = 126;
const LENGTH_IN_64_BITS = 127;
const OPEN = 1;
/** More is written without waiting for the end of the turn. */
const MAX_WAITING_BYTES = 64 * 1024;

/** What is used of the connection under a WebSocket. */
type Connection = Pick<Socket, 'writableLength'> & { write(bytes: string, encoding: 'latin1'): unknown };

/** Whose frames wait for the end of this turn of the event loop. One for all sockets. */
export class Outbox {
  #due: LeanSocket[] = [];

  /** `socket.flush` is called after what else is there to be read has been. */
  add(socket: LeanSocket): void {
    if (this.#due.push(socket) === 1) setImmediate(() => this.#flush());
  }

  #flush(): void {
    const due = this.#due;
    this.#due = [];
    for (const socket of due) socket.flush();
  }
}

/** Nothing must be compressed on it, and nothing else sent by `webSocket.send`: the library would not know what stands before. */
export class LeanSocket implements SignallingSocket {
  readonly #webSocket: SignallingSocket;
  readonly #connection: Connection;
  readonly #outbox: Outbox;
  /** Frames, a byte in each character: so they are written without being copied to a buffer first. */
  #waiting = '';

  constructor({ webSocket, connection, outbox }: { readonly webSocket: SignallingSocket; readonly connection: Connection; readonly outbox: Outbox }) {
    this.#webSocket = webSocket;
    this.#connection = connection;
    this.#outbox = outbox;
  }

  get readyState(): number {
    return this.#webSocket.readyState;
  }

  get bufferedAmount(): number {
    return this.#connection.writableLength + this.#waiting.length;
  }

  send(text: string): void {
    if (this.readyState !== OPEN) return;
    if (this.#waiting === '') this.#outbox.add(this);
    this.#waiting += textFrame(text);
    if (this.#waiting.length >= MAX_WAITING_BYTES) this.flush();
  }

  flush(): void {
    const frames = this.#waiting;
    this.#waiting = '';
    // After the close frame nothing more may be sent (section 5.5.1).
    if (frames !== '' && this.readyState === OPEN) this.#connection.write(frames, 'latin1');
  }

  close(code: number, reason: string): void {
    this.flush();
    this.#webSocket.close(code, reason);
  }

  terminate(): void {
    this.#webSocket.terminate();
  }
}

/** Section 5.2, as a string with a byte in each character. */
export function textFrame(text: string): string {
  const textBytes = Buffer.byteLength(text);
  const payload = textBytes === text.length ? text : Buffer.from(text).toString('latin1');
  return frameHead(textBytes) + payload;
}

function frameHead(textBytes: number): string {
  if (textBytes < LENGTH_IN_16_BITS) return String.fromCharCode(TEXT_FRAME, textBytes);
  if (textBytes < 65_536) return String.fromCharCode(TEXT_FRAME, LENGTH_IN_16_BITS, textBytes >> 8, textBytes & 0xff);
  const head = Buffer.alloc(10);
  head[0] = TEXT_FRAME;
  head[1] = LENGTH_IN_64_BITS;
  head.writeBigUInt64BE(BigInt(textBytes), 2);
  return head.toString('latin1');
}
