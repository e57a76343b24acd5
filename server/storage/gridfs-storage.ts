/** The MongoDB back end: the videos and the appliance's state share one connection pool. */
import { VERSION } from '../version.ts';
import type { StorageLog } from './filesystem-video-store.ts';
import { MIGRATIONS } from './format/migrations.ts';
import { bringDatabaseForward, type MongoFormatOptions } from './format/mongo-format.ts';
import { GridFsVideoStore } from './gridfs-video-store.ts';
import { MongoConnection, type MongoOptions } from './mongo-connection.ts';
import { MongoState } from './mongo-state.ts';
import { openWhenReachable } from './mongo-wait.ts';
import type { Storage } from './video-store.ts';

export interface GridFsOptions extends MongoOptions {
  /** Default 60 s. */
  readonly leaseMs?: number;
  /** Default: this program's. */
  readonly format?: MongoFormatOptions | undefined;
}

export class GridFsStorage implements Storage {
  readonly videos: GridFsVideoStore;
  readonly state: MongoState;
  readonly #mongo: MongoConnection;
  readonly #log: StorageLog | undefined;
  readonly #format: MongoFormatOptions;

  constructor({ log }: { readonly log?: StorageLog }, { uri, database, leaseMs, format }: GridFsOptions) {
    this.#log = log;
    this.#format = format ?? { program: VERSION, migrations: MIGRATIONS.mongodb };
    this.#mongo = new MongoConnection({}, { uri, database });
    this.videos = new GridFsVideoStore({ mongo: this.#mongo }, { leaseMs });
    this.state = new MongoState({ mongo: this.#mongo });
  }

  /** Waits for the server, however long. @throws StorageError `newer-data` when a newer program wrote the data. */
  async start(signal?: AbortSignal): Promise<void> {
    await openWhenReachable({ mongo: this.#mongo, log: this.#log }, signal);
    await bringDatabaseForward({ mongo: this.#mongo, log: this.#log }, this.#format, signal);
    await this.videos.start(signal);
  }

  async stop(): Promise<void> {
    await this.videos.stop();
  }
}
