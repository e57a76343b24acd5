/** The messages two peers exchange, as values. docs/protocol.md ("Peers") is the prose; wire.ts is the bytes. */

/** Why a connection ends, by its number on the wire. Numbers not in the list read as `other`. */
export const GOODBYE_CODES = ['other', 'unsupported-version', 'shutting-down', 'protocol-violation', 'banned', 'idle', 'flood'] as const;
export type GoodbyeCode = (typeof GOODBYE_CODES)[number];

/** Why a request is not served, by its number on the wire. Numbers not in the list read as `other`. */
export const REJECT_REASONS = ['other', 'not-held', 'busy', 'not-sharing', 'out-of-range', 'too-many'] as const;
export type RejectReason = (typeof REJECT_REASONS)[number];

/** The offset that names a whole piece in `cancel` and `reject`. */
export const WHOLE_PIECE = 0xffff_ffff;

/**
 * `topic` in `topic-open` and `topic-close` is the sender's number for the swarm; in every other message it is the number the
 * receiver gave it, so that what is still on its way to a closed topic cannot be taken for the next one.
 */
export type WireMessage =
  /** First message of each side. `flags` is reserved: sent as 0, ignored when read. */
  | { readonly type: 'hello'; readonly version: number; readonly flags: number }
  /** Last message. `reason` is a sentence for people, at most 256 bytes. */
  | { readonly type: 'goodbye'; readonly code: GoodbyeCode; readonly reason: string }
  | { readonly type: 'topic-open'; readonly topic: number; readonly version: number; readonly swarmId: Uint8Array }
  | { readonly type: 'topic-close'; readonly topic: number }
  /** All pieces held, bit 7 of byte 0 first. `pieceCount` may grow from one bitfield to the next. */
  | { readonly type: 'bitfield'; readonly topic: number; readonly pieceCount: number; readonly bits: Uint8Array }
  /** Pieces held since; each may lie past the last `pieceCount` told. */
  | { readonly type: 'have'; readonly topic: number; readonly pieces: readonly number[] }
  | { readonly type: 'request'; readonly topic: number; readonly piece: number; readonly offset: number; readonly length: number }
  /** `bytes` is a view of the message it came in. */
  | { readonly type: 'block'; readonly topic: number; readonly piece: number; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly type: 'reject'; readonly topic: number; readonly piece: number; readonly offset: number;
      readonly reason: RejectReason; readonly retryAfterMs: number }
  | { readonly type: 'cancel'; readonly topic: number; readonly piece: number; readonly offset: number }
  | { readonly type: 'manifest-request'; readonly topic: number }
  /** A part of the encoded manifest. `totalBytes` 0: the sender has none. */
  | { readonly type: 'manifest'; readonly topic: number; readonly totalBytes: number; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly type: 'ping' | 'pong'; readonly token: number }
  /** Written by a later version: skipped. */
  | { readonly type: 'unknown'; readonly code: number };

export type OutgoingMessage = Exclude<WireMessage, { readonly type: 'unknown' }>;
