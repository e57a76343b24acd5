/**
 * SHA-256 in a browser: `crypto.subtle` where the page is a secure context, else hash-wasm. Pages of home servers are mostly
 * plain http://192.168.x.x, where `crypto.subtle` does not exist.
 */
import { createSHA256 } from 'hash-wasm';

/** One instance serves every call: each call runs to its end before the next can begin. */
const wasm = await createSHA256();

/** 32 bytes. */
export function sha256Sync(bytes: Uint8Array): Uint8Array {
  return wasm.init().update(bytes).digest('binary');
}

const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle;

/** 32 bytes. */
export async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  if (subtle === undefined) return sha256Sync(bytes);
  // subtle refuses shared memory, which no source of ours hands out.
  return new Uint8Array(await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
}
