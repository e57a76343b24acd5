/** The one connection pool to MongoDB and the collections in it. Every wait on the server is bounded here. */
import { MongoClient, type Collection, type Db, type MongoClientOptions } from 'mongodb';
import type { ChunkDocument, ExtraDocument, FileDocument, LeaseDocument, ManifestDocument, StateDocument } from './gridfs-documents.ts';
import { onMongo } from './mongo-errors.ts';
import { StorageError } from './storage-error.ts';
import { untilAborted } from './until-aborted.ts';

const DEFAULT_DATABASE = 'software-switch';
/** A viewer is told within this time that the database is away. */
const SERVER_SELECTION_TIMEOUT_MS = 3000;
const CONNECT_TIMEOUT_MS = 3000;
/** Notices a server that went silent without closing its connections. */
const HEARTBEAT_FREQUENCY_MS = 5000;
/** Longest silence within one operation; the slowest is the removal of 128 chunks. */
const SOCKET_TIMEOUT_MS = 20_000;
const POOL_CONNECTIONS = 32;
const WAIT_FOR_CONNECTION_MS = 10_000;

export interface MongoOptions {
  readonly uri: string;
  /** Default: the one in the URI, else `software-switch`. */
  readonly database?: string | undefined;
}

export interface OpenOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told each time that the server does not answer, and why, while it is being opened. */
  readonly onSilence?: ((reason: string) => void) | undefined;
}

export interface MongoCollections {
  readonly files: Collection<FileDocument>;
  readonly chunks: Collection<ChunkDocument>;
  readonly manifests: Collection<ManifestDocument>;
  readonly extras: Collection<ExtraDocument>;
  readonly leases: Collection<LeaseDocument>;
  readonly state: Collection<StateDocument>;
}

export class MongoConnection {
  readonly #uri: string;
  readonly #database: string;
  #host = 'the database';
  #client: MongoClient | undefined;
  #collections: MongoCollections | undefined;

  constructor(_components: object, { uri, database }: MongoOptions) {
    this.#uri = uri;
    this.#database = database ?? databaseOf(uri) ?? DEFAULT_DATABASE;
  }

  /** Where the server is, for people: hosts and ports, never names or passwords. */
  get host(): string {
    return this.#host;
  }

  /** @throws StorageError `unavailable` within a few seconds, or the signal's reason. */
  async open({ signal, onSilence }: OpenOptions = {}): Promise<void> {
    if (this.#client !== undefined) return;
    const client = makeClient(this.#uri, {
      appName: 'software-switch',
      serverSelectionTimeoutMS: SERVER_SELECTION_TIMEOUT_MS,
      connectTimeoutMS: CONNECT_TIMEOUT_MS,
      heartbeatFrequencyMS: HEARTBEAT_FREQUENCY_MS,
      socketTimeoutMS: SOCKET_TIMEOUT_MS,
      waitQueueTimeoutMS: WAIT_FOR_CONNECTION_MS,
      maxPoolSize: POOL_CONNECTIONS,
      // Majority is the server itself on a standalone, and survives a change of primary in a replica set.
      writeConcern: { w: 'majority' },
    });
    const { srvHost, hosts } = client.options;
    this.#host = srvHost ?? hosts.join(', ');
    const silent = ({ failure }: { readonly failure: Error }): void => onSilence?.(failure.message);
    client.on('serverHeartbeatFailed', silent);
    try {
      await onMongo(() => untilAborted(client.connect(), signal));
    } catch (error) {
      await client.close().catch(() => undefined);
      throw error;
    } finally {
      client.off('serverHeartbeatFailed', silent);
    }
    const db = client.db(this.#database);
    this.#client = client;
    this.#collections = {
      files: db.collection('fs.files'),
      chunks: db.collection('fs.chunks'),
      manifests: db.collection('switch.manifests'),
      extras: db.collection('switch.extras'),
      leases: db.collection('switch.leases'),
      state: db.collection('switch.state'),
    };
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    this.#collections = undefined;
    await client?.close();
  }

  get collections(): MongoCollections {
    if (this.#collections === undefined) throw notOpen();
    return this.#collections;
  }

  get db(): Db {
    if (this.#client === undefined) throw notOpen();
    return this.#client.db(this.#database);
  }

  /** The server's clock. */
  async serverTime(): Promise<Date> {
    const hello = await this.db.command({ hello: 1 });
    const { localTime } = hello;
    if (localTime instanceof Date) return localTime;
    throw new StorageError('unavailable', 'The database does not tell its time, which is needed to sweep dead uploads.');
  }
}

function makeClient(uri: string, options: MongoClientOptions): MongoClient {
  try {
    return new MongoClient(uri, options);
  } catch (error) {
    // The parser's messages name the fault and never the password.
    throw new StorageError('unavailable', `SWITCH_MONGODB_URI is not the address of a MongoDB (${error instanceof Error ? error.message : String(error)}).`, { cause: error });
  }
}

function notOpen(): StorageError {
  return new StorageError('unavailable', 'The database connection is not open. The node is starting or stopping; try again shortly.');
}

/** The path of a connection string (MongoDB's Connection String specification); several hosts keep URL from parsing it. */
function databaseOf(uri: string): string | undefined {
  const name = /^mongodb(?:\+srv)?:\/\/[^/]+\/([^?]+)/u.exec(uri)?.[1];
  if (name === undefined) return undefined;
  try {
    return decodeURIComponent(name);
  } catch {
    // The driver's own reading of the address says what is wrong with it, in `open`.
    return undefined;
  }
}
