/**
 * Leases on files whose chunks are being written or removed. Several appliances share one database, so a sweep may touch only
 * what nobody works on: each worker renews its leases, and a lease not renewed in time belongs to a process that died.
 * Times are the server's. Nothing here needs transactions: the order of writes makes every crash sweepable.
 */
import type { ObjectId } from 'mongodb';
import { extraKey, extraKeysOf } from './gridfs-documents.ts';
import type { MongoConnection } from './mongo-connection.ts';
import { onMongo } from './mongo-errors.ts';
import { extrasOf, keptDetails } from './video-details.ts';

/** Chunks removed by one operation: 128 MiB, well within the socket's timeout on a slow disk. */
const REMOVE_CHUNKS = 128;

export class GridFsLeases {
  readonly #mongo: MongoConnection;
  readonly #leaseMs: number;
  /** Held by this process, with what to call when a lease was lost. */
  readonly #held = new Map<string, { readonly id: ObjectId; readonly lost: () => void }>();
  #timer: NodeJS.Timeout | undefined;
  #renewal: Promise<void> = Promise.resolve();
  #sweep: Promise<void> | undefined;
  #stopped = true;

  constructor({ mongo }: { readonly mongo: MongoConnection }, { leaseMs }: { readonly leaseMs: number }) {
    this.#mongo = mongo;
    this.#leaseMs = leaseMs;
  }

  /** Sweeps once, then renews, and sweeps, three times in each lease's life. */
  async start(): Promise<void> {
    await this.sweep();
    this.#stopped = false;
    this.#schedule();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#renewal;
    await this.#sweep;
  }

  /** `changes`: the file whose details are being changed under this lease, where it is not for the file `id` itself. */
  async take(id: ObjectId, lost: () => void, changes?: ObjectId): Promise<void> {
    await this.#mongo.collections.leases.updateOne(
      { _id: id }, { $set: { sweeping: false, ...(changes === undefined ? {} : { changes }) }, $currentDate: { heartbeatAt: true } }, { upsert: true },
    );
    this.#held.set(id.toHexString(), { id, lost });
  }

  /** @returns whether the lease is still ours. */
  async renew(id: ObjectId): Promise<boolean> {
    const { matchedCount } = await this.#mongo.collections.leases.updateOne(
      { _id: id, sweeping: false }, { $currentDate: { heartbeatAt: true } },
    );
    return matchedCount === 1;
  }

  /** Ends a lease whose file is whole. @returns false when a sweep took it meanwhile. */
  async release(id: ObjectId): Promise<boolean> {
    const { deletedCount } = await this.#mongo.collections.leases.deleteOne({ _id: id, sweeping: false });
    this.#held.delete(id.toHexString());
    return deletedCount === 1;
  }

  /** No more heartbeats: whoever sweeps next may have it. */
  abandon(id: ObjectId): void {
    this.#held.delete(id.toHexString());
  }

  /** Removes a file that is not, or no longer, to be listed, then its lease. Unlisted first. */
  async remove(id: ObjectId): Promise<void> {
    await this.#mongo.collections.files.deleteOne({ _id: id });
    await this.#removeParts(id);
  }

  /** Removes the extras that a change wrote and that the file does not name, then its lease. */
  async removeExtras(change: ObjectId, fileId: ObjectId): Promise<void> {
    const { files, extras, leases } = this.#mongo.collections;
    const file = await files.findOne({ _id: fileId }, { projection: { 'metadata.details': 1 } });
    const named = file === null ? [] : extrasOf(keptDetails(file.metadata.details)).map((name) => extraKey(fileId, name));
    await extras.deleteMany({ _id: { ...extraKeysOf(fileId), $nin: named }, change });
    await leases.deleteOne({ _id: change });
    this.#held.delete(change.toHexString());
  }

  /** Removes what dead processes left. A lease whose file is listed only missed its own removal. */
  async sweep(): Promise<void> {
    await onMongo(async () => {
      const { leases, files } = this.#mongo.collections;
      const deadBefore = new Date((await this.#mongo.serverTime()).getTime() - this.#leaseMs);
      const dead = { heartbeatAt: { $lt: deadBefore } };
      for (const { _id, changes } of await leases.find(dead, { projection: { _id: 1, changes: 1 } }).toArray()) {
        const claimed = await leases.updateOne({ _id, ...dead }, { $set: { sweeping: true }, $currentDate: { heartbeatAt: true } });
        if (claimed.matchedCount === 0) continue;
        if (changes !== undefined) await this.removeExtras(_id, changes);
        else if (await files.findOne({ _id }, { projection: { _id: 1 } }) === null) await this.#removeParts(_id);
        else await leases.deleteOne({ _id });
      }
    });
  }

  /** From the last chunk down, so that a removal cut short is found and finished by the next. */
  async #removeParts(id: ObjectId): Promise<void> {
    const { chunks, manifests, extras, leases } = this.#mongo.collections;
    const last = await chunks.find({ files_id: id }, { projection: { n: 1 }, sort: { n: -1 }, limit: 1 }).next();
    for (let end = (last?.n ?? -1) + 1; end > 0; end -= REMOVE_CHUNKS) {
      await chunks.deleteMany({ files_id: id, n: { $gte: Math.max(0, end - REMOVE_CHUNKS), $lt: end } });
      await leases.updateOne({ _id: id }, { $currentDate: { heartbeatAt: true } });
    }
    await extras.deleteMany({ _id: extraKeysOf(id) });
    await manifests.deleteOne({ _id: id });
    await leases.deleteOne({ _id: id });
    this.#held.delete(id.toHexString());
  }

  /**
   * A sweep may take long; the leases are renewed meanwhile. It begins after the renewal, so that a process that slept for longer
   * than a lease does not sweep what it is writing itself. A server that is away is tried again at the next turn.
   */
  #schedule(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      const renewed = this.#renewHeld();
      this.#renewal = renewed.catch(() => undefined).finally(() => this.#schedule());
      this.#sweep ??= renewed.then(() => this.sweep()).catch(() => undefined).finally(() => { this.#sweep = undefined; });
    }, this.#leaseMs / 3);
    this.#timer.unref();
  }

  async #renewHeld(): Promise<void> {
    const held = [...this.#held.values()];
    if (held.length === 0) return;
    const { leases } = this.#mongo.collections;
    const mine = { _id: { $in: held.map(({ id }) => id) }, sweeping: false };
    await leases.updateMany(mine, { $currentDate: { heartbeatAt: true } });
    const kept = new Set((await leases.find(mine, { projection: { _id: 1 } }).toArray()).map(({ _id }) => _id.toHexString()));
    for (const { id, lost } of held) if (!kept.has(id.toHexString()) && this.#held.has(id.toHexString())) lost();
  }
}
