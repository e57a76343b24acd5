/**
 * The start of an appliance waits for its database: both are often started together, and giving up would only have a supervisor
 * start this program again and again. What no waiting mends (a wrong password, an address that is none) ends the start at once.
 */
import { setTimeout } from 'node:timers/promises';
import { MongoNetworkError, MongoServerSelectionError, MongoSystemError } from 'mongodb';
import type { MongoConnection } from './mongo-connection.ts';
import { StorageError } from './storage-error.ts';

const RETRY_MS = 1_000;
const TELL_EVERY_MS = 5_000;
/** What a resolver says of a name that may be known in a moment, as a container's is once it runs. */
const RESOLVER_CODES: ReadonlySet<string> = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ESERVFAIL', 'ETIMEOUT', 'ECONNREFUSED', 'ENODATA']);

export interface MongoWaitLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

/**
 * Opens the connection, however long the server is away: there is no limit, for whoever supervises this program would start it
 * again. Tells at once and then every five seconds which host is waited for and why, never the credentials. @throws StorageError
 * `unavailable` for what waiting does not mend; the signal's reason when told to stop.
 */
export async function openWhenReachable({ mongo, log }: { readonly mongo: MongoConnection; readonly log?: MongoWaitLog | undefined }, signal?: AbortSignal): Promise<void> {
  const startedAtMs = performance.now();
  let toldAtMs: number | undefined;
  const tell = (reason: string): void => {
    const nowMs = performance.now();
    if (toldAtMs !== undefined && nowMs - toldAtMs < TELL_EVERY_MS) return;
    toldAtMs = nowMs;
    log?.warn({ host: mongo.host, reason, waitedSeconds: Math.round((nowMs - startedAtMs) / 1000) },
      `waiting for MongoDB at ${mongo.host}, which does not answer: ${reason}`);
  };
  for (;;) {
    signal?.throwIfAborted();
    try {
      await mongo.open({ signal, onSilence: tell });
      if (toldAtMs !== undefined) log?.info({ host: mongo.host }, `MongoDB at ${mongo.host} answers`);
      return;
    } catch (error) {
      if (!isPassing(error)) throw error;
      tell(error.cause.message);
    }
    await setTimeout(RETRY_MS, undefined, signal === undefined ? {} : { signal });
  }
}

function isPassing(error: unknown): error is StorageError & { readonly cause: Error } {
  if (!(error instanceof StorageError) || !(error.cause instanceof Error)) return false;
  const { cause } = error;
  if (cause instanceof MongoServerSelectionError || cause instanceof MongoSystemError || cause instanceof MongoNetworkError) return true;
  return 'code' in cause && typeof cause.code === 'string' && RESOLVER_CODES.has(cause.code);
}
