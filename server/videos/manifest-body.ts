/** A manifest's JSON as bytes. That of a film of 20 GB has 3.6 MB, and as a text it would be copied by each who serializes, escapes and sends it. */
import { manifestToJson, type Manifest } from '../../engine/index.ts';

/** A multiple of three, so that no group of base64 is cut. */
const STEP_BYTES = 48 * 1024;
const MARK = '"pieceHashes":"';

export function manifestBody(manifest: Manifest): Buffer {
  const { pieceHashes } = manifest;
  const empty = JSON.stringify(manifestToJson({ ...manifest, pieceHashes: new Uint8Array() }));
  const at = empty.indexOf(MARK) + MARK.length;
  const [head, tail] = [Buffer.from(empty.slice(0, at)), Buffer.from(empty.slice(at))];
  const body = Buffer.allocUnsafe(head.length + Math.ceil(pieceHashes.length / 3) * 4 + tail.length);
  let to = head.copy(body);
  for (let from = 0; from < pieceHashes.length; from += STEP_BYTES) {
    const part = pieceHashes.subarray(from, from + STEP_BYTES);
    to += body.write(Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString('base64'), to, 'latin1');
  }
  tail.copy(body, to);
  return body;
}
