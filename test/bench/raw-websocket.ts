/**
 * A WebSocket client (RFC 6455) that costs next to nothing, so that ten thousand of them measure the server and not themselves:
 * text frames of ASCII only, a mask of zeros, nothing negotiated. For benches alone.
 */
import { connect, type Socket } from 'node:net';

const TEXT_FRAME = 0x81;
const TEXT = 0x1;
const PING = 0x9;
const CLOSE = 0x8;
const MASKED = 0x80;
const NO_MASK = '\0\0\0\0';
const UPGRADE_END = '\r\n\r\n';

export interface RawWebSocketTarget {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** Of our end: one address has only so many ports. */
  readonly localAddress: string;
}

/** A byte in each character, as {@link RawWebSocket.send} takes it. Takes ASCII of up to 64 KiB. */
export function textFrame(text: string): string {
  return clientFrame(TEXT_FRAME, text);
}

function clientFrame(first: number, payload: string): string {
  const { length } = payload;
  const head = length < 126 ? String.fromCharCode(first, MASKED | length) : String.fromCharCode(first, MASKED | 126, length >> 8, length & 0xff);
  return head + NO_MASK + payload;
}

export class RawWebSocket {
  /** Set before anything is sent. */
  onText: (text: string) => void = () => undefined;
  /** Told once when it ended, by whomever. */
  onEnd: () => void = () => undefined;
  readonly #socket: Socket;
  #unread: Buffer = Buffer.alloc(0);
  #upgraded: (() => void) | undefined;

  /** Rejects when it is refused. */
  static open({ host, port, path, localAddress }: RawWebSocketTarget): Promise<RawWebSocket> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port, localAddress, noDelay: true });
      const one = new RawWebSocket(socket, () => {
        socket.off('error', reject).off('close', refused);
        socket.on('error', () => undefined).on('close', () => one.onEnd());
        resolve(one);
      });
      const refused = (): void => reject(new Error('The server closed a socket that it should have upgraded.'));
      socket.once('error', reject).once('close', refused);
      socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n`
        + `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: c29mdHdhcmUgc3dpdGNoLg==${UPGRADE_END}`);
    });
  }

  private constructor(socket: Socket, upgraded: () => void) {
    this.#socket = socket;
    this.#upgraded = upgraded;
    socket.on('data', (chunk) => this.#read(chunk));
  }

  /** In one write. */
  send(...frames: string[]): void {
    this.#socket.write(frames.join(''), 'latin1');
  }

  close(): void {
    this.onEnd = () => undefined;
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    let data = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk]);
    if (this.#upgraded !== undefined) {
      const end = data.indexOf(UPGRADE_END);
      if (end === -1) return void (this.#unread = data);
      if (!data.subarray(0, end).toString('latin1').startsWith('HTTP/1.1 101')) return void this.#socket.destroy();
      data = data.subarray(end + UPGRADE_END.length);
      this.#upgraded();
      this.#upgraded = undefined;
    }
    this.#unread = this.#frames(data);
  }

  /** Returns what is left over. A server masks nothing and, for messages this short, cuts nothing up. */
  #frames(data: Buffer): Buffer {
    let at = 0;
    while (data.length - at >= 2) {
      const length = data[at + 1] ?? 0;
      if (length === 126 && data.length - at < 4) break;
      const start = at + (length === 126 ? 4 : 2);
      const end = start + (length === 126 ? data.readUInt16BE(at + 2) : length);
      if (data.length < end) break;
      this.#frame((data[at] ?? 0) & 0xf, data.subarray(start, end));
      at = end;
    }
    return data.subarray(at);
  }

  #frame(kind: number, payload: Buffer): void {
    if (kind === TEXT) this.onText(payload.toString('latin1'));
    else if (kind === PING) this.send(clientFrame(0x8a, payload.toString('latin1')));
    else if (kind === CLOSE) this.#socket.destroy();
  }
}
