/**
 * The watched folder: keeps the list of its videos true to what lies there. It looks through the folder at start, at every rescan and
 * where the watcher hints at something; waits until a new file stands still; hashes one after the other; and lists them. Nothing
 * waits for it, and whatever fails is told and tried again.
 */
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DataDirLock } from '../storage/data-dir-lock.ts';
import { Attempts } from './attempts.ts';
import { isUnchanged, type FolderFile } from './folder-file.ts';
import { FolderHasher } from './folder-hasher.ts';
import { FolderHashing } from './folder-hashing.ts';
import { FolderListing } from './folder-listing.ts';
import { folderEmpty, folderMissing, partUnreadable, watchLimited, type FolderNotice } from './folder-notices.ts';
import { FOLDER_DEFAULTS, type FolderComponents, type FolderFigures, type FolderHooks, type FolderOptions } from './folder-options.ts';
import { FolderPlaces } from './folder-places.ts';
import { FolderProblems } from './folder-problems.ts';
import { FolderRecords } from './folder-records.ts';
import { FolderScanner } from './folder-scanner.ts';
import { FolderVideoStore } from './folder-video-store.ts';
import { FolderWatcher } from './folder-watcher.ts';
import { Hints } from './hints.ts';
import { IgnorePatterns } from './ignore-patterns.ts';
import { SettlingFiles } from './settling.ts';
import { Waker } from './waker.ts';

const BITS_PER_BYTE = 8;
/** As gentle as the look into media beside viewers: about the rate of one stream. */
const BUSY_BYTES_PER_SECOND = 2 * 1024 * 1024;
/** A walk shows what it found so far, so that a large library is there little by little; in growing steps, for each sorts the whole list. */
const SHOW_AT_LEAST = 500;
const SHOW_PART = 0.25;
const SETTLED_AT_ONCE = 500;
/** Bounds memory: about 1 KiB each. */
const MAX_FILES = 500_000;

export class FolderLibrary {
  readonly videos: FolderVideoStore;
  readonly #log: FolderComponents['log'];
  readonly #options: Required<FolderOptions>;
  readonly #stopping = new AbortController();
  readonly #lock: DataDirLock;
  readonly #records: FolderRecords;
  readonly #places: FolderPlaces;
  readonly #listing: FolderListing;
  readonly #problems: FolderProblems;
  readonly #ignore: IgnorePatterns;
  readonly #scanner: FolderScanner;
  readonly #watcher: FolderWatcher;
  readonly #settling: SettlingFiles;
  readonly #hasher: FolderHasher;
  readonly #hashing: FolderHashing;
  readonly #hints: Hints;
  readonly #looking = new Waker();
  readonly #lookAttempts: Attempts;
  readonly #hashAttempts: Attempts;
  #hooks: FolderHooks = { isBusy: () => false, shown: () => undefined, hidden: async () => undefined };
  #running: Promise<unknown> = Promise.resolve();
  /** Number of the walk that goes on, or of the last one. */
  #walk = 0;
  #folders = new Set<string>();
  #rootInode = '';
  #ignored = 0;
  #lastScanAt: string | null = null;
  #nextScanMs = 0;
  #missing: FolderNotice | undefined;
  #watchFailure: FolderNotice | undefined;

  constructor({ log, watchFolder }: FolderComponents, options: FolderOptions) {
    const { dir, indexDir } = options;
    this.#log = log;
    this.#options = { ...FOLDER_DEFAULTS, ...options };
    this.#lock = new DataDirLock({ log }, { dataDir: indexDir });
    this.#records = new FolderRecords({}, { path: join(indexDir, 'files.jsonl') });
    this.#places = new FolderPlaces({ records: this.#records });
    this.#problems = new FolderProblems({ log });
    this.#ignore = new IgnorePatterns(options.ignore);
    this.#settling = new SettlingFiles({}, { settleMs: this.#options.settleMs });
    this.#hints = new Hints({}, { delayMs: this.#options.hintDelayMs });
    this.#hasher = new FolderHasher({ bytesPerSecond: () => this.#bytesPerSecond() }, {
      root: dir, progressPath: join(indexDir, 'hashing'), saveEveryBytes: this.#options.saveEveryBytes,
    });
    this.#lookAttempts = new Attempts({ log }, { indexDir, retryMs: this.#options.retryMs });
    this.#hashAttempts = new Attempts({ log }, { indexDir, retryMs: this.#options.retryMs });
    this.#watcher = new FolderWatcher({
      onHint: (path) => this.#hint(path), onLimited: (error) => this.#watchFailed(error), ...(watchFolder === undefined ? {} : { watchFolder }),
    }, { root: dir });
    this.#scanner = new FolderScanner({
      ignore: this.#ignore, onFolder: (folder) => this.#entering(folder),
      onProblem: (folder, error) => this.#problems.add(folder, error), onRead: (folder) => this.#problems.solved(folder),
    }, { root: dir });
    this.videos = new FolderVideoStore({ log, onChanged: (path) => this.#hint(path) }, { root: dir, indexDir });
    this.#listing = new FolderListing({
      store: this.videos, records: this.#records, places: this.#places, onUnknown: (file) => this.#hashing.add(file),
      shown: (contentId) => this.#hooks.shown(contentId), hidden: (contentId) => this.#hooks.hidden(contentId),
    });
    this.#hashing = new FolderHashing({
      hasher: this.#hasher, scanner: this.#scanner, problems: this.#problems, attempts: this.#hashAttempts,
      hashed: (file, content) => this.#listing.hashed(file, content, this.#walk), onChanged: (path) => this.#hint(path),
    });
  }

  /** Returns at once; what goes wrong is in the notices. */
  start(hooks: FolderHooks): void {
    this.#hooks = hooks;
    this.#running = this.#run(this.#stopping.signal);
  }

  /** Keeps how far hashing came. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    this.#watcher.close();
    await this.videos.stop();
    await this.#lock.release();
  }

  figures(): FolderFigures {
    return {
      dir: this.#options.dir, ...this.videos.figures(), hashing: this.#hasher.figures(), waiting: this.#settling.size + this.#hashing.waiting,
      ignored: this.#ignored, problems: this.#problems.shown(), lastScanAt: this.#lastScanAt, hashedBytes: this.#hasher.readBytes,
    };
  }

  notices(): FolderNotice[] {
    const problems = this.#problems.shown();
    const unreadable = problems.length === 0 ? undefined : partUnreadable(this.#options.dir, problems);
    return [this.#missing, this.#lookAttempts.notice ?? this.#hashAttempts.notice, unreadable, this.#watchFailure].filter((notice) => notice !== undefined);
  }

  /** Looks through the whole folder now. */
  rescan(): void {
    this.#nextScanMs = 0;
    this.#looking.wake();
  }

  async #run(signal: AbortSignal): Promise<void> {
    if (!await this.#lookAttempts.at(() => this.#open(), signal)) return;
    await Promise.all([this.#lookOn(signal), this.#hashing.run(signal)]);
  }

  async #open(): Promise<void> {
    await mkdir(this.#options.indexDir, { recursive: true });
    await this.#lock.acquire();
    await this.videos.start();
    await this.#records.load();
    await this.#hasher.load();
  }

  async #lookOn(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#lookAttempts.at(() => this.#lookNow(signal), signal);
      const next = Math.min(this.#nextScanMs, this.#hints.dueMs, this.#settling.nextDueMs());
      await this.#looking.sleep(next - performance.now(), signal);
    }
  }

  async #lookNow(signal: AbortSignal): Promise<void> {
    const nowMs = performance.now();
    const hinted = nowMs >= this.#hints.dueMs ? this.#hints.take() : [];
    if (nowMs >= this.#nextScanMs || hinted.includes('')) await this.#scanOnce(signal);
    else if (hinted.length > 0) await this.#lookAt(hinted, signal);
    await this.#settle();
    await this.#listing.update({ mayHide: true });
  }

  /** One that is asked for meanwhile follows, and one that failed is due again. */
  async #scanOnce(signal: AbortSignal): Promise<void> {
    this.#nextScanMs = Infinity;
    try {
      const againMs = await this.#scan(signal);
      this.#nextScanMs = Math.min(this.#nextScanMs, performance.now() + againMs);
    } catch (error) {
      this.#nextScanMs = 0;
      throw error;
    }
  }

  /** All of the folder. @returns after how long to look again, in milliseconds. */
  async #scan(signal: AbortSignal): Promise<number> {
    const { dir, rescanMs, retryMs, keepAbsentMs } = this.#options;
    this.#walk += 1;
    this.#folders = new Set();
    let found = 0;
    const index: { failure?: unknown } = {};
    try {
      await this.#watchAnew();
      const { ignored } = await this.#scanner.walk('', async (files) => {
        found += files.length;
        await this.#found(files).catch((error: unknown) => {
          index.failure = error;
          throw error;
        });
      }, signal);
      this.#ignored = ignored;
    } catch (error) {
      signal.throwIfAborted();
      // What keeps the index from being written says nothing of the folder.
      if (error === index.failure) throw error;
      await this.#lost(folderMissing(dir, error, this.#places.size));
      return Math.min(retryMs, rescanMs);
    }
    this.#lastScanAt = new Date().toISOString();
    this.#watcher.keepOnly(this.#folders);
    const known = [...this.#records.all()].filter(({ absentSinceMs }) => absentSinceMs === null).length;
    if (found === 0 && known > 0) {
      await this.#lost(folderEmpty(dir, known));
      return Math.min(retryMs, rescanMs);
    }
    if (this.#missing !== undefined) this.#log.info({ dir, videos: this.#places.size }, 'the watched folder is there again');
    this.#missing = undefined;
    this.#places.endWalk(new Set(['']), this.#walk, Date.now());
    await this.#listing.update({ mayHide: true });
    await this.#listing.prune(Date.now() - keepAbsentMs);
    for (const path of this.#problems.paths()) if (!this.#folders.has(path) && await this.#scanner.file(path) === undefined) this.#problems.solved(path);
    return rescanMs;
  }

  /** The parts that were hinted at. What moved is found before what went is missed. */
  async #lookAt(paths: readonly string[], signal: AbortSignal): Promise<void> {
    this.#walk += 1;
    for (const path of paths) await this.#scanner.walk(path, (files) => this.#found(files), signal);
    this.#places.endWalk(new Set(paths), this.#walk, Date.now());
  }

  async #found(files: readonly FolderFile[]): Promise<void> {
    for (const file of files) {
      if (this.#places.found(file, this.#walk)) {
        this.#settling.forget(file.path);
        continue;
      }
      if (this.#hashing.holds(file)) continue;
      if (this.#places.size + this.#settling.size + this.#hashing.waiting < MAX_FILES) this.#settling.seen(file, performance.now());
      else this.#problems.add('', new Error(`There are more than ${MAX_FILES} video files; the others are left out.`));
    }
    if (this.#places.touched >= Math.max(SHOW_AT_LEAST, this.videos.figures().videos * SHOW_PART)) await this.#listing.update({ mayHide: false });
  }

  async #settle(): Promise<void> {
    const due = this.#settling.takeDue(performance.now(), SETTLED_AT_ONCE);
    for (const before of due) {
      const now = await this.#scanner.file(before.path);
      if (now === undefined) continue;
      if (isUnchanged(now, before)) this.#hashing.add(now);
      else this.#settling.seen(now, performance.now());
    }
  }

  /** All at once: what is known of the files stays as it is. */
  async #lost(notice: FolderNotice): Promise<void> {
    if (this.#missing?.code !== notice.code) {
      this.#log.warn({ dir: this.#options.dir }, `${notice.what} ${notice.action}`);
      this.#missing = notice;
    }
    this.#places.lostAll();
    this.#watcher.close();
    await this.#listing.update({ mayHide: true });
  }

  #bytesPerSecond(): number {
    const { hashMbps } = this.#options;
    const wanted = hashMbps === 0 ? Infinity : hashMbps * 1_000_000 / BITS_PER_BYTE;
    return this.#hooks.isBusy() ? Math.min(BUSY_BYTES_PER_SECOND, wanted) : wanted;
  }

  #hint(path: string): void {
    if (path !== '' && this.#ignore.ignoresAnyOf(path)) return;
    this.#hints.add(path, performance.now());
    this.#looking.wake();
  }

  #entering(folder: string): void {
    this.#folders.add(folder);
    this.#watcher.follow(folder);
  }

  /** A folder that was mounted anew is another one, of which the old watches tell nothing. */
  async #watchAnew(): Promise<void> {
    const { dev, ino } = await stat(this.#options.dir);
    const inode = `${dev}:${ino}`;
    if (this.#rootInode !== inode) this.#watcher.close();
    this.#rootInode = inode;
  }

  #watchFailed(error: unknown): void {
    this.#watchFailure = watchLimited(this.#options.dir, this.#options.rescanMs, error);
    this.#log.warn({ err: error }, this.#watchFailure.what);
  }
}
