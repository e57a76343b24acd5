/** The bytes of the peer wire: big-endian, byte 0 is the type, one message in one data channel message. Pure. */
import { SwitchError } from './errors.ts';
import { MAX_PIECES, MAX_WIRE_MESSAGE_BYTES } from './limits.ts';
import { GOODBYE_CODES, type OutgoingMessage, REJECT_REASONS, type WireMessage } from './wire-messages.ts';
import { WireReader, WireWriter } from './wire-fields.ts';

export * from './wire-messages.ts';

const CODES = {
  hello: 0, goodbye: 1, 'topic-open': 2, 'topic-close': 3, bitfield: 4, have: 5, request: 6, block: 7, reject: 8, cancel: 9,
  'manifest-request': 10, manifest: 11, ping: 12, pong: 13,
} as const satisfies Record<OutgoingMessage['type'], number>;

const SWARM_ID_BYTES = 32;
const NO_BYTES = new Uint8Array(0);
const MAX_REASON_BYTES = 256;

/** What a `block` carries besides its payload. */
const BLOCK_HEAD_BYTES = 11;

/** What a `manifest` carries besides its payload. */
export const MANIFEST_HEAD_BYTES = 11;

/** Pieces one `have` may name; more go in the next. */
export const MAX_HAVE_PIECES = 1024;

/** One message as bytes, at most {@link MAX_WIRE_MESSAGE_BYTES}. SwitchError `bad-message` for what would not fit. */
export function encodeWire(message: OutgoingMessage): Uint8Array<ArrayBuffer> {
  const out = new WireWriter(CODES[message.type]);
  switch (message.type) {
    case 'hello': out.u8(message.version).u8(message.flags); break;
    case 'goodbye': out.u8(GOODBYE_CODES.indexOf(message.code)).text(message.reason, MAX_REASON_BYTES); break;
    case 'topic-open': out.u16(message.topic).u8(message.version).bytes(message.swarmId, SWARM_ID_BYTES); break;
    case 'topic-close': case 'manifest-request': out.u16(message.topic); break;
    case 'bitfield':
      if (message.bits.length !== Math.ceil(message.pieceCount / 8)) throw new SwitchError('bad-message', 'A bitfield has one bit a piece.');
      out.u16(message.topic).u32(message.pieceCount).bytes(message.bits);
      break;
    case 'have':
      if (message.pieces.length > MAX_HAVE_PIECES) throw new SwitchError('bad-message', `A have names at most ${MAX_HAVE_PIECES} pieces.`);
      out.u16(message.topic);
      for (const piece of message.pieces) out.u32(piece);
      break;
    case 'request': out.u16(message.topic).u32(message.piece).u32(message.offset).u32(message.length); break;
    case 'block': out.u16(message.topic).u32(message.piece).u32(message.offset).bytes(message.bytes); break;
    case 'reject':
      out.u16(message.topic).u32(message.piece).u32(message.offset).u8(REJECT_REASONS.indexOf(message.reason)).u32(message.retryAfterMs);
      break;
    case 'cancel': out.u16(message.topic).u32(message.piece).u32(message.offset); break;
    case 'manifest': out.u16(message.topic).u32(message.totalBytes).u32(message.offset).bytes(message.bytes); break;
    case 'ping': case 'pong': out.u32(message.token); break;
  }
  return out.finish();
}

/** A `block` written into `target`, for who sends many: the part of it that was written. As {@link encodeWire} else. */
export function encodeBlockInto(
  target: Uint8Array<ArrayBuffer>, block: { readonly topic: number; readonly piece: number; readonly offset: number; readonly bytes: Uint8Array },
): Uint8Array<ArrayBuffer> {
  const length = BLOCK_HEAD_BYTES + block.bytes.length;
  if (length > target.length) throw new SwitchError('bad-message', `A block of ${block.bytes.length} bytes is too large.`);
  target.set(encodeWire({ type: 'block', ...block, bytes: NO_BYTES }));
  target.set(block.bytes, BLOCK_HEAD_BYTES);
  return target.subarray(0, length);
}

/** One message from anybody. Throws SwitchError `bad-message` and nothing else; types of a later version read as `unknown`. */
export function decodeWire(bytes: Uint8Array): WireMessage {
  if (bytes.length > MAX_WIRE_MESSAGE_BYTES) {
    throw new SwitchError('bad-message', `A message has at most ${MAX_WIRE_MESSAGE_BYTES} bytes, not ${bytes.length}.`);
  }
  const read = new WireReader(bytes);
  const code = read.u8();
  switch (code) {
    // Only the start of hello and topic-open is fixed for all versions: a later one may add fields, and is refused by its number.
    case CODES.hello: return { type: 'hello', version: read.u8(), flags: read.u8() };
    case CODES['topic-open']: return { type: 'topic-open', topic: read.u16(), version: read.u8(), swarmId: read.take(SWARM_ID_BYTES) };
    case CODES.goodbye: return { type: 'goodbye', code: GOODBYE_CODES[read.u8()] ?? 'other', reason: read.text(MAX_REASON_BYTES) };
    case CODES['topic-close']: return read.end({ type: 'topic-close', topic: read.u16() });
    case CODES.bitfield: return decodeBitfield(read);
    case CODES.have: return decodeHave(read);
    case CODES.request: return read.end({ type: 'request', topic: read.u16(), piece: readPiece(read), offset: read.u32(), length: read.u32() });
    case CODES.block: return { type: 'block', topic: read.u16(), piece: readPiece(read), offset: read.u32(), bytes: read.rest() };
    case CODES.reject: return read.end({ type: 'reject', topic: read.u16(), piece: readPiece(read), offset: read.u32(),
      reason: REJECT_REASONS[read.u8()] ?? 'other', retryAfterMs: read.u32() });
    case CODES.cancel: return read.end({ type: 'cancel', topic: read.u16(), piece: readPiece(read), offset: read.u32() });
    case CODES['manifest-request']: return read.end({ type: 'manifest-request', topic: read.u16() });
    case CODES.manifest: return { type: 'manifest', topic: read.u16(), totalBytes: read.u32(), offset: read.u32(), bytes: read.rest() };
    case CODES.ping: return read.end({ type: 'ping', token: read.u32() });
    case CODES.pong: return read.end({ type: 'pong', token: read.u32() });
    default: return { type: 'unknown', code };
  }
}

function readPiece(read: WireReader): number {
  const number = read.u32();
  if (number >= MAX_PIECES) throw new SwitchError('bad-message', `There is no piece ${number}: a swarm has at most ${MAX_PIECES}.`);
  return number;
}

function decodeBitfield(read: WireReader): WireMessage {
  const topic = read.u16();
  const pieceCount = read.u32();
  if (pieceCount > MAX_PIECES) throw new SwitchError('bad-message', `A swarm has at most ${MAX_PIECES} pieces, not ${pieceCount}.`);
  const bits = read.take(Math.ceil(pieceCount / 8));
  const spare = bits.length * 8 - pieceCount;
  if (spare > 0 && ((bits.at(-1) ?? 0) & ((1 << spare) - 1)) !== 0) throw new SwitchError('bad-message', 'A bitfield has bits past its last piece.');
  return read.end({ type: 'bitfield', topic, pieceCount, bits });
}

function decodeHave(read: WireReader): WireMessage {
  const topic = read.u16();
  if (read.left === 0 || read.left > MAX_HAVE_PIECES * 4) throw new SwitchError('bad-message', `A have names 1 to ${MAX_HAVE_PIECES} pieces.`);
  const pieces: number[] = [];
  while (read.left > 0) pieces.push(readPiece(read));
  return { type: 'have', topic, pieces };
}
