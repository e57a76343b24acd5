/**
 * Snapshots in the database itself: all but the chunks of the films, each collection copied into one of its own. A snapshot is
 * listed in `switch.snapshots` when it is whole.
 */
import type { Collection, Document, Filter } from 'mongodb';
import type { MongoConnection } from '../mongo-connection.ts';
import { StorageError } from '../storage-error.ts';
import { outdated, snapshotName } from './snapshot-name.ts';

const PREFIX = 'switch.snapshot.';
/** A document is 4 MiB at most, so this bounds memory. */
const BATCH = 16;
const HEADROOM_BYTES = 64 * 1024 * 1024;
/** What other programs keep in the same bucket is none of ours. */
const OURS: Filter<Document> = { 'metadata.contentId': { $exists: true } };

const COPIED: readonly { readonly name: string; readonly filter: Filter<Document> }[] = [
  { name: 'fs.files', filter: OURS },
  { name: 'switch.manifests', filter: {} },
  { name: 'switch.extras', filter: {} },
  { name: 'switch.state', filter: {} },
];

interface SnapshotDocument {
  readonly _id: string;
  readonly version: number;
  readonly takenAt: Date;
  /** Each collection, and where its copy is. */
  readonly collections: readonly { readonly of: string; readonly copy: string }[];
}

export class MongoSnapshots {
  readonly #mongo: MongoConnection;
  readonly #now: () => Date;

  constructor({ mongo, now = () => new Date() }: { readonly mongo: MongoConnection; readonly now?: () => Date }) {
    this.#mongo = mongo;
    this.#now = now;
  }

  /** @returns where, for people. @throws StorageError `no-space` before anything was written, where the server tells its room. */
  async take(version: number, signal?: AbortSignal): Promise<string> {
    await this.#removeUnlisted();
    await this.#requireRoom();
    const takenAt = this.#now();
    const name = snapshotName(version, takenAt);
    const collections = COPIED.map(({ name: of }) => ({ of, copy: `${PREFIX}${name}.${of.split('.').at(-1)}` }));
    for (const [index, { of, copy }] of collections.entries()) await this.#copy(of, copy, COPIED[index]?.filter ?? {}, signal);
    await this.#listed.insertOne({ _id: name, version, takenAt, collections });
    for (const old of outdated((await this.#listed.find({}, { projection: { _id: 1 } }).toArray()).map(({ _id }) => _id))) {
      await this.#listed.deleteOne({ _id: old });
    }
    await this.#removeUnlisted();
    return `${PREFIX}${name}.* in the database ${this.#mongo.db.databaseName}`;
  }

  get #listed(): Collection<SnapshotDocument> {
    return this.#mongo.db.collection('switch.snapshots');
  }

  /** Types are kept as they are: a whole number stays one, however it is written. */
  async #copy(of: string, copy: string, filter: Filter<Document>, signal: AbortSignal | undefined): Promise<void> {
    const target = this.#mongo.db.collection(copy);
    let batch: Document[] = [];
    for await (const document of this.#mongo.db.collection(of).find(filter, { promoteValues: false, promoteLongs: false, batchSize: BATCH })) {
      signal?.throwIfAborted();
      batch.push(document);
      if (batch.length < BATCH) continue;
      await target.insertMany(batch);
      batch = [];
    }
    if (batch.length > 0) await target.insertMany(batch);
  }

  /** Copies that a crash left, and those of snapshots that are no longer listed. */
  async #removeUnlisted(): Promise<void> {
    const kept = new Set((await this.#listed.find({}).toArray()).flatMap(({ collections }) => collections.map(({ copy }) => copy)));
    for (const { name } of await this.#mongo.db.listCollections({}, { nameOnly: true }).toArray()) {
      if (name.startsWith(PREFIX) && !kept.has(name)) await this.#mongo.db.dropCollection(name);
    }
  }

  async #requireRoom(): Promise<void> {
    const { fsTotalSize, fsUsedSize } = await this.#mongo.db.command({ dbStats: 1 });
    if (typeof fsTotalSize !== 'number' || typeof fsUsedSize !== 'number' || fsTotalSize <= 0) return;
    let neededBytes = HEADROOM_BYTES;
    for (const { name } of COPIED) {
      const { size } = await this.#mongo.db.command({ collStats: name });
      if (typeof size === 'number') neededBytes += size;
    }
    const freeBytes = Math.max(0, fsTotalSize - fsUsedSize);
    if (freeBytes >= neededBytes) return;
    throw new StorageError('no-space', `This version upgrades the data in the database ${this.#mongo.db.databaseName}, and first keeps a snapshot of all but the films: that needs ${neededBytes} bytes, and ${freeBytes} are free. `
      + 'Nothing was changed. Give the database a larger disk, or delete videos with the version that ran before, then start again.', { details: { neededBytes, freeBytes } });
  }
}
