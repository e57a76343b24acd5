/**
 * Has V8 free short-lived buffers by its cheap collection of young objects again. What a socket or a database gives comes in
 * buffers that are garbage a moment later: small objects that own much memory outside the heap. V8 13.6, of Node 24, collects the
 * young when these have 128 MiB, but marks the whole heap when all have 64 MiB: so it always marks the whole heap, every 40 MiB
 * that are read or sent, which is two thirds of the processor time. 32 MiB is what it was before, and in Node 22.
 * Source: github.com/nodejs/node/issues/61967.
 */
import { setFlagsFromString } from 'node:v8';

/** A quarter of what V8 takes for its young objects, and so of the bytes that their buffers may have. */
const NEW_SPACE_MB = 8;

/** Once, when a process starts. Leaves every other release of V8 as it is: there the flag may be unknown, or the fault gone. */
export function collectYoungBuffers(): void {
  if (process.versions.v8.startsWith('13.6.')) setFlagsFromString(`--scavenger-max-new-space-capacity-mb=${NEW_SPACE_MB}`);
}
