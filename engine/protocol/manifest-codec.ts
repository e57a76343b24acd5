/**
 * The manifest as bytes, for the peer wire. Big-endian:
 * version u8 (1) · log2(piece length) u8 · size u64 · content id 32 · name length u16 · media type length u16 · name · media
 * type · piece hashes. Texts are UTF-8. The fields before the hashes say how long the whole is.
 */
import { contentIdFromBytes, contentIdToBytes, CONTENT_ID_BYTES } from './content-id.ts';
import { SwitchError } from './errors.ts';
import { type Manifest, verifyManifest } from './manifest.ts';

const VERSION = 1;
const SIZE_AT = 2;
const CONTENT_ID_AT = 10;
const NAME_LENGTH_AT = CONTENT_ID_AT + CONTENT_ID_BYTES;
const MEDIA_TYPE_LENGTH_AT = NAME_LENGTH_AT + 2;
const HEAD_BYTES = MEDIA_TYPE_LENGTH_AT + 2;

export function encodeManifest(manifest: Manifest): Uint8Array {
  const encoder = new TextEncoder();
  const name = encoder.encode(manifest.name);
  const mediaType = encoder.encode(manifest.mediaType);
  const bytes = new Uint8Array(HEAD_BYTES + name.length + mediaType.length + manifest.pieceHashes.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, VERSION);
  view.setUint8(1, Math.log2(manifest.pieceLengthBytes));
  view.setBigUint64(SIZE_AT, BigInt(manifest.sizeBytes));
  bytes.set(contentIdToBytes(manifest.contentId), CONTENT_ID_AT);
  view.setUint16(NAME_LENGTH_AT, name.length);
  view.setUint16(MEDIA_TYPE_LENGTH_AT, mediaType.length);
  bytes.set(name, HEAD_BYTES);
  bytes.set(mediaType, HEAD_BYTES + name.length);
  bytes.set(manifest.pieceHashes, HEAD_BYTES + name.length + mediaType.length);
  return bytes;
}

/** A verified manifest from bytes by anybody. SwitchError `bad-manifest` or, for a later version, `unsupported-version`. */
export function decodeManifest(bytes: Uint8Array): Manifest {
  if (bytes.length < HEAD_BYTES) throw new SwitchError('bad-manifest', `A manifest has at least ${HEAD_BYTES} bytes, not ${bytes.length}.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint8(0);
  if (version !== VERSION) throw new SwitchError('unsupported-version', `Manifest version ${version} is not known here; ${VERSION} is.`);
  const nameEnd = HEAD_BYTES + view.getUint16(NAME_LENGTH_AT);
  const mediaTypeEnd = nameEnd + view.getUint16(MEDIA_TYPE_LENGTH_AT);
  if (bytes.length < mediaTypeEnd) throw new SwitchError('bad-manifest', 'The manifest is cut short in its name or media type.');
  return verifyManifest({
    contentId: contentIdFromBytes(bytes.subarray(CONTENT_ID_AT, NAME_LENGTH_AT)),
    sizeBytes: Number(view.getBigUint64(SIZE_AT)),
    pieceLengthBytes: 2 ** view.getUint8(1),
    name: decodeText(bytes.subarray(HEAD_BYTES, nameEnd), 'name'),
    mediaType: decodeText(bytes.subarray(nameEnd, mediaTypeEnd), 'mediaType'),
    pieceHashes: bytes.slice(mediaTypeEnd),
  });
}

function decodeText(bytes: Uint8Array, field: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new SwitchError('bad-manifest', `The manifest is not valid: ${field} is not UTF-8.`, { cause: error });
  }
}
