/** The content id: 64 lower-case hex digits, the SHA-256 Merkle root of the bytes over 16 KiB blocks (BEP 52 `pieces root`). */
import { SwitchError } from './errors.ts';
import { fromHex, toHex } from './hex.ts';

export const CONTENT_ID_BYTES = 32;

const CONTENT_ID = /^[0-9a-f]{64}$/;

/** Lower case only: one content has one spelling, in URLs, swarms and file names alike. */
export function isContentId(value: unknown): value is string {
  return typeof value === 'string' && CONTENT_ID.test(value);
}

/** The 32 bytes of a content id. SwitchError `bad-message` for anything else. */
export function contentIdToBytes(contentId: string): Uint8Array {
  const bytes = isContentId(contentId) ? fromHex(contentId) : undefined;
  if (bytes === undefined) throw new SwitchError('bad-message', 'A content id is 64 lower-case hex digits.');
  return bytes;
}

/** SwitchError `bad-message` unless there are exactly 32 bytes. */
export function contentIdFromBytes(bytes: Uint8Array): string {
  if (bytes.length !== CONTENT_ID_BYTES) throw new SwitchError('bad-message', `A content id is 32 bytes, not ${bytes.length}.`);
  return toHex(bytes);
}
