/**
 * A database as the home of a format. The mark lies among the state. Several appliances may start at once: who has the lease goes
 * on, and each change of the mark is refused when somebody else changed it meanwhile.
 */
import type { Db } from 'mongodb';
import type { MongoCollections, MongoConnection } from '../mongo-connection.ts';
import { isDuplicateKey, onMongo } from '../mongo-errors.ts';
import { StorageError } from '../storage-error.ts';
import { FORMAT_KEY, type FormatHome } from './data-format.ts';
import { MongoSnapshots } from './mongo-snapshots.ts';

/** What a migration of the MongoDB store is given. */
export interface MongoData {
  readonly db: Db;
  readonly collections: MongoCollections;
}

/** The connection is open. */
export class MongoFormatHome implements FormatHome<MongoData> {
  readonly #mongo: MongoConnection;
  readonly #snapshots: MongoSnapshots;
  #seen: string | undefined;

  constructor({ mongo }: { readonly mongo: MongoConnection }) {
    this.#mongo = mongo;
    this.#snapshots = new MongoSnapshots({ mongo });
  }

  get data(): MongoData {
    return { db: this.#mongo.db, collections: this.#mongo.collections };
  }

  get name(): string {
    return `the database ${this.#mongo.db.databaseName}`;
  }

  async readMark(): Promise<string | undefined> {
    this.#seen = await onMongo(async () => (await this.#mongo.collections.state.findOne({ _id: FORMAT_KEY }))?.value);
    return this.#seen;
  }

  async writeMark(text: string): Promise<void> {
    await onMongo(async () => {
      const { state } = this.#mongo.collections;
      if (this.#seen === undefined) {
        await state.insertOne({ _id: FORMAT_KEY, value: text }).catch((error: unknown) => { throw isDuplicateKey(error) ? this.#overtaken() : error; });
      } else {
        const { matchedCount } = await state.updateOne({ _id: FORMAT_KEY, value: this.#seen }, { $set: { value: text } });
        if (matchedCount === 0) throw this.#overtaken();
      }
      this.#seen = text;
    });
  }

  async isNew(): Promise<boolean> {
    return onMongo(async () => {
      const { files, state } = this.#mongo.collections;
      return await state.findOne({}, { projection: { _id: 1 } }) === null
        && await files.findOne({ 'metadata.contentId': { $exists: true } }, { projection: { _id: 1 } }) === null;
    });
  }

  takeSnapshot(version: number, signal: AbortSignal | undefined): Promise<string> {
    return onMongo(() => this.#snapshots.take(version, signal));
  }

  #overtaken(): StorageError {
    return new StorageError('unavailable', `Another appliance went on with the upgrade of ${this.name}, because this one was silent for too long. Start this one again.`);
  }
}
