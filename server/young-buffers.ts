/**
 * Has V8 free short-lived buffers by its cheap collection of young objects again. What a socket or a database gives comes in
 * buffers that are garbage a moment later: small objects that own much memory outside the heap. V8 13.6, of Node 24, collects the
 * young when these have 128 MiB, but marks the whole heap when all have 64 MiB: so it always marks the whole heap, every 40 MiB
 * that are read or sent, which is two thirds of the processor time. 32 MiB is what it was before, and in Node 22.
 * Source: github.com/nodejs/node/issues/61967.
 *
 * V8 also counts these buffers as growth of the old heap, and marks it when that has grown by its factor. It chooses the factor
 * between a tenth and three times what lives, small where much comes and goes: a small process that reads at 100 MB/s then marks
 * every 8 MiB, before the young ones are ever due. The growth must be above their 32 MiB also where little lives, about 20 MB.
 */
import { setFlagsFromString } from 'node:v8';

/** A quarter of what V8 takes for its young objects, and so of the bytes that their buffers may have. */
const NEW_SPACE_MB = 8;

/** What the old heap may grow by, of what lived when it was last marked: a third less than the most that V8 itself would give it. */
const OLD_HEAP_GROWTH_PERCENT = 200;

/** Once, when a process starts. Leaves every other release of V8 as it is: there the flag may be unknown, or the fault gone. */
export function collectYoungBuffers(): void {
  if (!process.versions.v8.startsWith('13.6.')) return;
  setFlagsFromString(`--scavenger-max-new-space-capacity-mb=${NEW_SPACE_MB}`);
  setFlagsFromString(`--heap-growing-percent=${OLD_HEAP_GROWTH_PERCENT}`);
}
