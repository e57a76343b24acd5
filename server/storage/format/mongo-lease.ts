/**
 * Who may bring the data of a database forward. One document, renewed while its holder works: a lease that was not renewed in time
 * belongs to an appliance that died, and whoever asks next takes it. Times are the server's.
 */
import { randomUUID } from 'node:crypto';
import type { Collection } from 'mongodb';
import type { MongoConnection } from '../mongo-connection.ts';
import { isDuplicateKey, onMongo } from '../mongo-errors.ts';
import { StorageError } from '../storage-error.ts';

const LEASE_ID = 'upgrade';

interface FormatLeaseDocument {
  readonly _id: string;
  readonly holder: string;
  readonly heartbeatAt: Date;
}

export class MongoFormatLease {
  readonly #mongo: MongoConnection;
  readonly #leaseMs: number;
  readonly #holder = randomUUID();
  readonly #lost = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #renewal: Promise<void> = Promise.resolve();

  constructor({ mongo }: { readonly mongo: MongoConnection }, { leaseMs }: { readonly leaseMs: number }) {
    this.#mongo = mongo;
    this.#leaseMs = leaseMs;
  }

  /** Fires when somebody else has the lease, or may have it since it could not be renewed. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** @returns whether it is ours now. Release it then. */
  async take(): Promise<boolean> {
    return onMongo(async () => {
      const now = await this.#mongo.serverTime();
      try {
        await this.#leases.insertOne({ _id: LEASE_ID, holder: this.#holder, heartbeatAt: now });
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        const { matchedCount } = await this.#leases.updateOne(
          { _id: LEASE_ID, heartbeatAt: { $lt: new Date(now.getTime() - this.#leaseMs) } }, { $set: { holder: this.#holder, heartbeatAt: now } },
        );
        if (matchedCount === 0) return false;
      }
      this.#schedule(performance.now());
      return true;
    });
  }

  async release(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#renewal;
    clearTimeout(this.#timer);
    await onMongo(() => this.#leases.deleteOne({ _id: LEASE_ID, holder: this.#holder }));
  }

  get #leases(): Collection<FormatLeaseDocument> {
    return this.#mongo.db.collection('switch.format');
  }

  #schedule(renewedAtMs: number): void {
    this.#timer = setTimeout(() => {
      const askedAtMs = performance.now();
      this.#renewal = this.#renew(askedAtMs, renewedAtMs);
    }, this.#leaseMs / 3);
    this.#timer.unref();
  }

  /** A server that is away for a moment is asked again; one that is away for a whole lease has let others in. */
  async #renew(askedAtMs: number, renewedAtMs: number): Promise<void> {
    try {
      const { matchedCount } = await this.#leases.updateOne({ _id: LEASE_ID, holder: this.#holder }, { $currentDate: { heartbeatAt: true } });
      if (matchedCount === 1) {
        this.#schedule(askedAtMs);
        return;
      }
    } catch {
      if (performance.now() - renewedAtMs < this.#leaseMs) {
        this.#schedule(renewedAtMs);
        return;
      }
    }
    this.#lost.abort(new StorageError('unavailable', 'The upgrade of the data was given up here: the database was silent for so long that another appliance may have gone on with it. Start this one again.'));
  }
}
