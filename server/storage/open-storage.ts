/** Chooses the store: MongoDB where an address is set, else the data directory. */
import { FilesystemStorage } from './filesystem-storage.ts';
import type { StorageLog } from './filesystem-video-store.ts';
import { GridFsStorage } from './gridfs-storage.ts';
import { FilesystemState } from './filesystem-state.ts';
import { MongoConnection } from './mongo-connection.ts';
import { MongoState } from './mongo-state.ts';
import type { ApplianceState, Storage } from './video-store.ts';

export interface StorageOptions {
  readonly dataDir: string;
  /** Empty or undefined: the filesystem store. */
  readonly mongodbUri?: string | undefined;
  readonly log?: StorageLog | undefined;
}

export interface OpenedStorage extends Storage {
  /** Connects or makes folders, and sweeps what a crash left. */
  start(signal?: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

/** @returns storage that was not started: `start` it, and `stop` it in the end. */
export async function openStorage({ dataDir, mongodbUri, log }: StorageOptions): Promise<OpenedStorage> {
  const components = log === undefined ? {} : { log };
  return mongodbUri === undefined || mongodbUri === ''
    ? new FilesystemStorage(components, { dataDir })
    : new GridFsStorage(components, { uri: mongodbUri });
}

/** The small values alone, beside a running appliance: takes no lock, waits for nobody, changes nothing. @throws StorageError `unavailable`. */
export async function openState({ dataDir, mongodbUri }: Omit<StorageOptions, 'log'>): Promise<{ readonly state: ApplianceState; close(): Promise<void> }> {
  if (mongodbUri === undefined || mongodbUri === '') return { state: new FilesystemState({}, { dataDir }), close: async () => undefined };
  const mongo = new MongoConnection({}, { uri: mongodbUri });
  await mongo.open();
  return { state: new MongoState({ mongo }), close: () => mongo.close() };
}
