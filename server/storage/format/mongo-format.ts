/** Brings a database forward among several appliances that start at once: one does it, the others wait for it. */
import { setTimeout } from 'node:timers/promises';
import type { MongoConnection } from '../mongo-connection.ts';
import { StorageError } from '../storage-error.ts';
import { bringForward, isCurrent, type FormatLog, type FormatOptions } from './data-format.ts';
import { MongoFormatHome, type MongoData } from './mongo-home.ts';
import { MongoFormatLease } from './mongo-lease.ts';

/** An appliance that died in the middle is taken over after this long. */
const LEASE_MS = 30_000;
const ASK_EVERY_MS = 500;
const TELL_EVERY_MS = 10_000;
/** The largest library is upgraded in less; after it the supervisor's restart is as good as waiting on. */
const WAIT_LIMIT_MS = 30 * 60_000;

export interface MongoFormatOptions extends FormatOptions<MongoData> {
  /** Default 30 s. */
  readonly leaseMs?: number | undefined;
}

/** The connection is open. @throws StorageError as {@link bringForward} does, and `unavailable` when another appliance takes too long. */
export async function bringDatabaseForward(
  { mongo, log }: { readonly mongo: MongoConnection; readonly log?: FormatLog | undefined }, options: MongoFormatOptions, signal?: AbortSignal,
): Promise<void> {
  const startedAtMs = performance.now();
  let toldAtMs = Number.NEGATIVE_INFINITY;
  const home = new MongoFormatHome({ mongo });
  for (;;) {
    if (isCurrent(await home.readMark(), home.name, options)) return;
    const lease = new MongoFormatLease({ mongo }, { leaseMs: options.leaseMs ?? LEASE_MS });
    if (await lease.take()) {
      try {
        await bringForward({ home, log }, options, signal === undefined ? lease.lost : AbortSignal.any([lease.lost, signal]));
        return;
      } finally {
        await lease.release().catch((error: unknown) => log?.warn({ err: error }, 'could not give the lease of the upgrade back; it ends by itself'));
      }
    }
    const nowMs = performance.now();
    if (nowMs - startedAtMs > WAIT_LIMIT_MS) {
      throw new StorageError('unavailable', `Another appliance has been upgrading ${home.name} for ${WAIT_LIMIT_MS / 60_000} minutes. Look at its log, and start this one again.`);
    }
    if (nowMs - toldAtMs >= TELL_EVERY_MS) {
      toldAtMs = nowMs;
      log?.info({}, `waiting: another appliance is upgrading ${home.name}`);
    }
    await setTimeout(ASK_EVERY_MS, undefined, signal === undefined ? {} : { signal });
  }
}
