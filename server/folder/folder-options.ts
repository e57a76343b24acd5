/** What a watched folder is given, and what it tells of itself. */
import type { HashingFigures } from './folder-hasher.ts';
import type { ListingHooks } from './folder-listing.ts';
import type { FolderProblem } from './folder-problems.ts';
import type { WatcherComponents } from './folder-watcher.ts';

export interface FolderComponents {
  readonly log: { warn(details: object, message: string): void; info(details: object, message: string): void };
  /** How folders are watched; node:fs's own by default. */
  readonly watchFolder?: WatcherComponents['watchFolder'];
}

export interface FolderOptions {
  /** The watched folder. */
  readonly dir: string;
  /** In the data directory. */
  readonly indexDir: string;
  readonly ignore: readonly string[];
  readonly rescanMs: number;
  /** 0 is unlimited. */
  readonly hashMbps: number;
  /** How long a file must stay the same before it is read. Default 10 s. */
  readonly settleMs?: number;
  /** How long hints are gathered. Default 1 s. */
  readonly hintDelayMs?: number;
  /** After a failure that may pass. Default 30 s. */
  readonly retryMs?: number;
  /** How long files that are gone are remembered. Default 60 days: a disk that was away comes back without being read. */
  readonly keepAbsentMs?: number;
  /** How much of a file is hashed between two savings of how far it came. Default 256 MiB. */
  readonly saveEveryBytes?: number;
}

export interface FolderHooks extends ListingHooks {
  /** Whether viewers are being served at this moment. */
  readonly isBusy: () => boolean;
}

export interface FolderFigures {
  readonly dir: string;
  readonly videos: number;
  readonly sizeBytes: number;
  readonly hashing: HashingFigures | null;
  /** Files that do not stand still long enough yet, or wait to be hashed. */
  readonly waiting: number;
  /** Files and folders passed by, for their name or type, at the last look through all of it. */
  readonly ignored: number;
  readonly problems: readonly FolderProblem[];
  /** ISO 8601; null before the first look through all of it. */
  readonly lastScanAt: string | null;
  /** Read for hashing since the start. */
  readonly hashedBytes: number;
}

const DAY_MS = 86_400_000;

export const FOLDER_DEFAULTS = { settleMs: 10_000, hintDelayMs: 1_000, retryMs: 30_000, keepAbsentMs: 60 * DAY_MS, saveEveryBytes: 256 * 1024 * 1024 };
