/** What is known of each tus upload, as one small JSON file beside the staged bytes; written at once or not at all. */
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Upload } from '@tus/server';
import { replaceDurably } from '../storage/durable-files.ts';

/** How an upload ended. */
export interface Finished {
  readonly contentId: string;
  readonly alreadyStored: boolean;
}

interface UploadRecord {
  readonly size?: number;
  readonly metadata?: Record<string, string | null>;
  readonly creationDate?: string;
  readonly finished?: Finished;
}

const UPLOAD_ID = /^[0-9a-f]{32}$/;

export function isUploadId(text: string): boolean {
  return UPLOAD_ID.test(text);
}

/** Fits the tus library's store of upload settings. */
export class UploadRecords {
  readonly #folder: string;

  constructor(options: { readonly folder: string }) {
    this.#folder = options.folder;
  }

  async get(id: string): Promise<Upload | undefined> {
    const record = await this.#read(id);
    if (record === undefined) return undefined;
    const { size, metadata, creationDate } = record;
    return new Upload({
      id, offset: 0, ...(size === undefined ? {} : { size }), ...(metadata === undefined ? {} : { metadata }),
      ...(creationDate === undefined ? {} : { creation_date: creationDate }),
    });
  }

  async set(id: string, upload: Upload): Promise<void> {
    await this.#write(id, recordOf(upload));
  }

  async finished(id: string): Promise<Finished | undefined> {
    return (await this.#read(id))?.finished;
  }

  async finish(upload: Upload, finished: Finished): Promise<void> {
    await this.#write(upload.id, { ...recordOf(upload), finished });
  }

  async delete(id: string): Promise<void> {
    await rm(this.#path(id), { force: true });
  }

  async list(): Promise<string[]> {
    const names = await readdir(this.#folder);
    return names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length)).filter(isUploadId);
  }

  /** When the record was last written, ms since 1970; 0 when there is none. */
  async writtenAt(id: string): Promise<number> {
    try {
      return (await stat(this.#path(id))).mtimeMs;
    } catch {
      return 0;
    }
  }

  async #read(id: string): Promise<UploadRecord | undefined> {
    if (!isUploadId(id)) return undefined;
    let text: string;
    try {
      text = await readFile(this.#path(id), 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
    // Nobody but this class writes these files, and each is written whole.
    return JSON.parse(text) as UploadRecord;
  }

  async #write(id: string, record: UploadRecord): Promise<void> {
    await replaceDurably(this.#path(id), JSON.stringify(record));
  }

  #path(id: string): string {
    return join(this.#folder, `${id}.json`);
  }
}

function recordOf(upload: Upload): UploadRecord {
  return {
    ...(upload.size === undefined ? {} : { size: upload.size }),
    ...(upload.metadata === undefined ? {} : { metadata: upload.metadata }),
    ...(upload.creation_date === undefined ? {} : { creationDate: upload.creation_date }),
  };
}
