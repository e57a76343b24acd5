/** Every step the data took since version 1. A new one is added at the end, for both stores, with `DATA_FORMAT_VERSION`. */
import type { Migration } from './data-format.ts';
import type { FilesystemData } from './filesystem-home.ts';
import type { MongoData } from './mongo-home.ts';

export interface Migrations {
  readonly filesystem: readonly Migration<FilesystemData>[];
  readonly mongodb: readonly Migration<MongoData>[];
}

export const MIGRATIONS: Migrations = { filesystem: [], mongodb: [] };
