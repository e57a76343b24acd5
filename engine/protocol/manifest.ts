/**
 * The manifest: our description of a content. It is self-verifying: its piece hashes fold up to the content id, so it may
 * come from anybody. `name` and `mediaType` are hints and are not covered by the content id.
 */
import { isContentId } from './content-id.ts';
import { SwitchError } from './errors.ts';
import { isFileName } from './file-name.ts';
import { toHex } from './hex.ts';
import { foldLayer, HASH_BYTES, levelOf, padNode } from './merkle.ts';
import { pieceCount, pieceLengthFor } from './pieces.ts';

/** `pieceHashes` is the piece layer: one 32-byte SHA-256 Merkle node for each piece, in order (BEP 52). */
export interface Manifest {
  readonly contentId: string;
  readonly sizeBytes: number;
  readonly pieceLengthBytes: number;
  readonly pieceHashes: Uint8Array;
  readonly mediaType: string;
  readonly name: string;
}

/** The manifest as it goes over HTTP: as {@link Manifest}, with the piece layer in base64. */
export interface ManifestJson {
  readonly contentId: string;
  readonly sizeBytes: number;
  readonly pieceLengthBytes: number;
  readonly pieceHashes: string;
  readonly mediaType: string;
  readonly name: string;
}

const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,62}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,62}(?:; ?[\x20-\x7e]{1,120})?$/i;

/** A media type as RFC 6838 spells one, short, in ASCII, so that it may stand in a header. */
export function isMediaType(value: string): boolean {
  return MEDIA_TYPE.test(value);
}

/**
 * Checks everything that can be checked without the bytes, and returns the manifest. SwitchError `bad-manifest` names the
 * field. A size that is wrong within the last piece is not seen here (the content id does not cover it): no bytes will then
 * ever match the last piece.
 */
export function verifyManifest(manifest: Manifest): Manifest {
  if (!isContentId(manifest.contentId)) throw bad('contentId', 'must be 64 lower-case hex digits');
  if (!isFileName(manifest.name)) throw bad('name', 'must be a plain file name');
  if (!isMediaType(manifest.mediaType)) throw bad('mediaType', 'must be a media type such as video/mp4');
  const pieceLengthBytes = pieceLengthFor(manifest.sizeBytes);
  if (manifest.pieceLengthBytes !== pieceLengthBytes) {
    throw bad('pieceLengthBytes', `must be ${pieceLengthBytes} for ${manifest.sizeBytes} bytes`);
  }
  const expectedBytes = pieceCount(manifest) * HASH_BYTES;
  if (manifest.pieceHashes.length !== expectedBytes) {
    throw bad('pieceHashes', `must be ${expectedBytes} bytes for ${manifest.sizeBytes} bytes of content, not ${manifest.pieceHashes.length}`);
  }
  const level = levelOf(pieceLengthBytes);
  // A pad node as a last piece would fold to the same root and claim a longer content than there is.
  if (toHex(manifest.pieceHashes.subarray(-HASH_BYTES)) === toHex(padNode(level))) throw bad('sizeBytes', 'is more than the content has');
  if (toHex(foldLayer(manifest.pieceHashes, level)) !== manifest.contentId) throw bad('pieceHashes', 'do not fold up to the content id');
  return manifest;
}

export function manifestToJson(manifest: Manifest): ManifestJson {
  const { contentId, sizeBytes, pieceLengthBytes, mediaType, name } = manifest;
  return { contentId, sizeBytes, pieceLengthBytes, pieceHashes: toBase64(manifest.pieceHashes), mediaType, name };
}

/** A verified manifest from JSON by anybody; members it does not know are ignored. SwitchError `bad-manifest`. */
export function manifestFromJson(json: unknown): Manifest {
  if (typeof json !== 'object' || json === null) throw new SwitchError('bad-manifest', 'A manifest is a JSON object.');
  const members: Readonly<Record<string, unknown>> = { ...json };
  const sizeBytes = wholeNumber(members, 'sizeBytes');
  const pieceLengthBytes = wholeNumber(members, 'pieceLengthBytes');
  const base64 = text(members, 'pieceHashes');
  // Before decoding, so that a long text is never decoded for a small content.
  const expectedBytes = Math.ceil(sizeBytes / pieceLengthFor(sizeBytes)) * HASH_BYTES;
  if (base64.length !== Math.ceil(expectedBytes / 3) * 4) throw bad('pieceHashes', `must be base64 of ${expectedBytes} bytes`);
  return verifyManifest({
    contentId: text(members, 'contentId'), sizeBytes, pieceLengthBytes, pieceHashes: fromBase64(base64),
    mediaType: text(members, 'mediaType'), name: text(members, 'name'),
  });
}

function bad(field: string, rule: string): SwitchError {
  return new SwitchError('bad-manifest', `The manifest is not valid: ${field} ${rule}.`);
}

function text(members: Readonly<Record<string, unknown>>, field: string): string {
  const value = members[field];
  if (typeof value !== 'string') throw bad(field, 'must be a text');
  return value;
}

function wholeNumber(members: Readonly<Record<string, unknown>>, field: string): number {
  const value = members[field];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1) throw bad(field, 'must be a whole number above 0');
  return value;
}

/** Calls with more arguments than this overflow the stack of some browsers. */
const CHARACTERS_PER_CALL = 8192;

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += CHARACTERS_PER_CALL) {
    binary += String.fromCharCode(...bytes.subarray(at, at + CHARACTERS_PER_CALL));
  }
  return btoa(binary);
}

function fromBase64(base64: string): Uint8Array {
  let binary: string;
  try {
    binary = atob(base64);
  } catch (error) {
    throw new SwitchError('bad-manifest', 'The manifest is not valid: pieceHashes must be base64.', { cause: error });
  }
  // Not Uint8Array.from(), which first makes a list of the letters: 80 MB for the manifest of 20 GB.
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
