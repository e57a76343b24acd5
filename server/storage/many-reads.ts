/**
 * Reads very many small files, one by one as long as that is quick: what the system has in memory costs a tenth of a turn in the thread
 * pool when it is simply waited for. Where the disk turns out to take its time, the rest is asked for side by side.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';

/** A few milliseconds: then signals and timers have their turn. */
const READS_IN_A_TURN = 64;
/** From memory it takes a twentieth of this, also on a machine with much to do; a turning disk and one on the network take longer. */
const QUICK_MS = 1;
/** A pause that says nothing of the disk; and the longest turn, however slow it is. */
const GRACE_MS = 50;
/** More than the thread pool has threads gains nothing. */
const SIDE_BY_SIDE = 16;

export interface WaysToRead<Name, Result> {
  /** Waits for the disk, and everybody else with it. */
  readonly now: (name: Name) => Result;
  readonly later: (name: Name) => Promise<Result>;
}

/** In the order of `names`. @throws what a read throws; the signal's reason. */
export async function readMany<Name, Result>(names: readonly Name[], { now, later }: WaysToRead<Name, Result>, signal?: AbortSignal): Promise<Result[]> {
  const results: Result[] = [];
  for (let spentMs = 0; results.length < names.length && spentMs < GRACE_MS + results.length * QUICK_MS;) {
    signal?.throwIfAborted();
    const startMs = performance.now();
    let turnMs = 0;
    for (const name of names.slice(results.length, results.length + READS_IN_A_TURN)) {
      results.push(now(name));
      turnMs = performance.now() - startMs;
      if (turnMs > GRACE_MS) break;
    }
    spentMs += turnMs;
    await nextTurn();
  }
  const waiting = names.entries().drop(results.length);
  const reader = async (): Promise<void> => {
    for (const [index, name] of waiting) {
      signal?.throwIfAborted();
      results[index] = await later(name);
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, reader));
  return results;
}
