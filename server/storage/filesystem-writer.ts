/** One upload into the filesystem store: a folder under `incoming` that a single rename publishes. */
import { open, type FileHandle } from 'node:fs/promises';
import type { Manifest } from '../../engine/index.ts';
import { onDisk } from './filesystem-errors.ts';
import { contentPath, writeEntry } from './filesystem-entry.ts';
import type { FilesystemStaging } from './filesystem-staging.ts';
import { checkManifest, videoOf } from './stored-manifest.ts';
import type { Stored, Video, VideoWriter } from './video-store.ts';
import { writeAll } from './write-all.ts';

interface WriterComponents {
  readonly staging: FilesystemStaging;
  /** Moves the staged folder to its place, or finds that the video is there already. */
  readonly publish: (folder: string, video: Video) => Promise<Stored>;
  /** Called once, when the writer holds nothing any more. */
  readonly ended: (writer: FilesystemWriter) => void;
}

export class FilesystemWriter implements VideoWriter {
  readonly #components: WriterComponents;
  readonly #dataDir: string;
  #folder: string | undefined;
  #handle: FileHandle | undefined;
  #writtenBytes = 0;
  #busy: Promise<unknown> = Promise.resolve();
  #ending: Promise<void> | undefined;

  constructor(components: WriterComponents, { dataDir }: { readonly dataDir: string }) {
    this.#components = components;
    this.#dataDir = dataDir;
  }

  async open(): Promise<void> {
    await this.#disk(async () => {
      this.#folder = await this.#components.staging.create();
      this.#handle = await open(contentPath(this.#folder), 'wx');
    });
  }

  async write(...chunks: readonly Uint8Array[]): Promise<void> {
    const totalBytes = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
    await this.#disk(async () => {
      await writeAll(this.#staged().handle, chunks, this.#writtenBytes);
      this.#writtenBytes += totalBytes;
    }, totalBytes);
  }

  async commit(manifest: Manifest): Promise<Stored> {
    return this.#disk(async () => {
      const { folder, handle } = this.#staged();
      checkManifest(manifest, this.#writtenBytes);
      const video = videoOf(manifest, new Date());
      await handle.sync();
      await handle.close();
      this.#handle = undefined;
      await writeEntry(folder, video, manifest.pieceHashes);
      const stored = await this.#components.publish(folder, video);
      if (!stored.alreadyStored) this.#folder = undefined;
      this.#ending = this.#end();
      await this.#ending;
      return stored;
    });
  }

  async abort(): Promise<void> {
    const busy = this.#busy;
    this.#ending ??= busy.then(() => this.#end(), () => this.#end());
    await this.#ending;
  }

  /** One step at a time; a step that fails leaves nothing behind. */
  async #disk<T>(step: () => Promise<T>, neededBytes?: number): Promise<T> {
    const turn = this.#busy.then(() => onDisk(this.#dataDir, step, neededBytes));
    this.#busy = turn.catch(() => undefined);
    try {
      return await turn;
    } catch (error) {
      await this.abort();
      throw error;
    }
  }

  #staged(): { folder: string; handle: FileHandle } {
    if (this.#ending !== undefined || this.#folder === undefined || this.#handle === undefined) {
      throw new Error('this upload has ended; create another');
    }
    return { folder: this.#folder, handle: this.#handle };
  }

  async #end(): Promise<void> {
    const folder = this.#folder;
    this.#folder = undefined;
    try {
      await this.#handle?.close();
      if (folder !== undefined) await this.#components.staging.remove(folder);
    } finally {
      this.#handle = undefined;
      this.#components.ended(this);
    }
  }
}
