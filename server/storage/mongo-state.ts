/** The appliance's small values in MongoDB, shared by every appliance on the same database. */
import type { MongoConnection } from './mongo-connection.ts';
import { isDuplicateKey, onMongo } from './mongo-errors.ts';
import type { ApplianceState } from './video-store.ts';

export class MongoState implements ApplianceState {
  readonly #mongo: MongoConnection;

  constructor({ mongo }: { readonly mongo: MongoConnection }) {
    this.#mongo = mongo;
  }

  async get(key: string): Promise<string | undefined> {
    return onMongo(async () => (await this.#mongo.collections.state.findOne({ _id: key }))?.value);
  }

  /** The unique `_id` decides between processes, on any server. */
  async setIfAbsent(key: string, value: string): Promise<string> {
    return onMongo(async () => {
      const kept = await this.get(key);
      if (kept !== undefined) return kept;
      try {
        await this.#mongo.collections.state.insertOne({ _id: key, value });
        return value;
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        return await this.get(key) ?? value;
      }
    });
  }

  async set(key: string, value: string): Promise<void> {
    await onMongo(() => this.#mongo.collections.state.updateOne({ _id: key }, { $set: { value } }, { upsert: true }));
  }
}
