/**
 * A WebSocket as signalling uses it: text frames, whole, unmasked (RFC 6455, section 5.1), each written at once and in one piece. The
 * library, which reads the frames and closes the socket, writes head and text apart; that is a third of what a relayed message costs.
 */
import type { Socket } from 'node:net';
import type { SignallingSocket } from './client.ts';

/** FIN, and the opcode of text. */
const TEXT_FRAME = 0x81;
/** In place of a length of 7 bits: 16 bits follow, or 64. */
const LENGTH_IN_16_BITS = 126;
const LENGTH_IN_64_BITS = 127;
const OPEN = 1;

/** Nothing must be compressed on it, and nothing else sent by `webSocket.send`: the library would not know what stands before. */
export class LeanSocket implements SignallingSocket {
  readonly #webSocket: SignallingSocket;
  readonly #connection: Socket;

  constructor({ webSocket, connection }: { readonly webSocket: SignallingSocket; readonly connection: Socket }) {
    this.#webSocket = webSocket;
    this.#connection = connection;
  }

  get readyState(): number {
    return this.#webSocket.readyState;
  }

  get bufferedAmount(): number {
    return this.#connection.writableLength;
  }

  /** After the close frame nothing more may be sent (section 5.5.1). */
  send(text: string): void {
    if (this.readyState === OPEN) this.#connection.write(textFrame(text));
  }

  close(code: number, reason: string): void {
    this.#webSocket.close(code, reason);
  }

  terminate(): void {
    this.#webSocket.terminate();
  }
}

/** Section 5.2. */
export function textFrame(text: string): Buffer {
  const textBytes = Buffer.byteLength(text);
  const headBytes = textBytes < LENGTH_IN_16_BITS ? 2 : textBytes < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(headBytes + textBytes);
  frame[0] = TEXT_FRAME;
  if (headBytes === 2) frame[1] = textBytes;
  else if (headBytes === 4) {
    frame[1] = LENGTH_IN_16_BITS;
    frame.writeUInt16BE(textBytes, 2);
  } else {
    frame[1] = LENGTH_IN_64_BITS;
    frame.writeBigUInt64BE(BigInt(textBytes), 2);
  }
  frame.write(text, headBytes);
  return frame;
}
