/**
 * Chooses the store: MongoDB where an address is set, else the data directory. What needs MongoDB's driver is loaded only then: it is a
 * quarter of all that a start loads, and 11 MiB.
 */
import { FilesystemState } from './filesystem-state.ts';
import { FilesystemStorage } from './filesystem-storage.ts';
import type { StorageLog } from './filesystem-video-store.ts';
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
  if (mongodbUri === undefined || mongodbUri === '') return new FilesystemStorage(components, { dataDir });
  const { GridFsStorage } = await import('./gridfs-storage.ts');
  return new GridFsStorage(components, { uri: mongodbUri });
}

/** The small values alone, beside a running appliance: takes no lock, waits for nobody, changes nothing. @throws StorageError `unavailable`. */
export async function openState({ dataDir, mongodbUri }: Omit<StorageOptions, 'log'>): Promise<{ readonly state: ApplianceState; close(): Promise<void> }> {
  if (mongodbUri === undefined || mongodbUri === '') return { state: new FilesystemState({}, { dataDir }), close: async () => undefined };
  const [{ MongoConnection }, { MongoState }] = await Promise.all([import('./mongo-connection.ts'), import('./mongo-state.ts')]);
  const mongo = new MongoConnection({}, { uri: mongodbUri });
  await mongo.open();
  return { state: new MongoState({ mongo }), close: () => mongo.close() };
}
