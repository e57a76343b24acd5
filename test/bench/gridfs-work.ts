/** What the gridfs bench asks of a contender, and what it hears. */
import type { MongoClient } from 'mongodb';

export type GridFsWork =
  /** Connects and makes what is missing in the database: one contender after the other. */
  | { readonly do: 'open' }
  /** Makes the file that all read. */
  | { readonly do: 'store'; readonly sizeBytes: number }
  | { readonly do: 'read'; readonly file: StoredFile; readonly ranges: readonly ByteRange[]; readonly atOnce: number }
  | { readonly do: 'write'; readonly sizeBytes: number };

export interface StoredFile {
  readonly contentId: string;
  /** 24 hex digits; `contentId` means nothing to the driver. */
  readonly id: string;
  readonly sizeBytes: number;
}

/** End exclusive. */
export type ByteRange = readonly [start: number, end: number];

export interface GridFsFigures {
  readonly bytes: number;
  readonly ms: number;
  /** Of the whole process, its collector and threads with it. */
  readonly cpuMs: number;
  /** Commands sent; 0 without monitoring. */
  readonly commands: number;
  /** Bytes of chunks in the replies; 0 without monitoring. */
  readonly chunkBytes: number;
}

/** As a socket gives them. */
export const WRITE_BYTES = 64 * 1024;

export interface ContenderOptions {
  readonly uri: string;
  readonly database: string;
  readonly source: SourceBytes;
  readonly isCounted: boolean;
}

export interface GridFsContender {
  readonly client: MongoClient;
  store(sizeBytes: number): Promise<StoredFile>;
  read(file: StoredFile, range: ByteRange, take: (bytes: Uint8Array) => void): Promise<void>;
  /** Resolves when the file can be read. @returns what removes it again. */
  write(sizeBytes: number): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

/** Bytes that look like a film, the same in each process, and where they lie in the file tells what they must be. */
export class SourceBytes {
  readonly #block: Buffer;

  constructor(block: Buffer) {
    this.#block = block;
  }

  /** The bytes from `at` on, up to `length`; fewer where the block ends. */
  part(at: number, length: number): Buffer {
    const offset = at % this.#block.length;
    return this.#block.subarray(offset, Math.min(offset + length, this.#block.length));
  }

  /** @throws Error when `bytes` are not those at `at`. */
  check(at: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.byteLength;) {
      const expected = this.part(at + done, bytes.byteLength - done);
      if (!expected.equals(bytes.subarray(done, done + expected.length))) throw new Error(`wrong bytes near ${at + done}`);
      done += expected.length;
    }
  }
}
